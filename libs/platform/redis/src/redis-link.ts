import { Redis } from 'ioredis';
import { connectionOf, type RedisAddress } from './redis-address';

/** The part of a logger that is needed. */
export interface RedisLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** How long one command may take. What is shared here is never worth more: without an answer, everybody goes on by itself. */
export const COMMAND_TIMEOUT_MS = 25;
/** Failures in a row after which nothing is asked for a while. */
export const FAILURES_BEFORE_OPEN = 3;
/** How long the breaker stays open. */
export const OPEN_MS = 1_000;

const CONNECT_TIMEOUT_MS = 1_000;
const DISCONNECT_TIMEOUT_MS = 100;
const RECONNECT_AFTER_MAX_MS = 1_000;
const RECONNECT_STEP_MS = 50;

/**
 * A connection to Redis that nothing waits for: a command is answered within some milliseconds or fails, and after some
 * failures in a row fails at once for a second. Whoever uses it must be right without an answer.
 */
export class RedisLink {
  private readonly commands: Redis;
  private readonly subscriber: Redis;
  private failuresInRow = 0;
  private openUntilMs = 0;
  private isAway = false;
  private readonly listeners = new Map<string, (message: string) => void>();
  private readonly onReady = new Set<() => void>();

  constructor(
    address: RedisAddress,
    private readonly log: RedisLog,
  ) {
    const options = {
      ...connectionOf(address),
      connectTimeout: CONNECT_TIMEOUT_MS,
      disconnectTimeout: DISCONNECT_TIMEOUT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt: number) => Math.min(RECONNECT_AFTER_MAX_MS, attempt * RECONNECT_STEP_MS),
    };
    this.commands = new Redis({ ...options, commandTimeout: COMMAND_TIMEOUT_MS });
    this.subscriber = new Redis({ ...options, autoResubscribe: false });
    this.commands.on('error', (error: Error) => this.away(error));
    this.subscriber.on('error', () => undefined);
    this.commands.on('ready', () => this.back());
    this.subscriber.on('ready', () => void this.resubscribe());
    this.subscriber.on('message', (channel: string, message: string) =>
      this.listeners.get(channel)?.(message),
    );
  }

  /** Whether commands are being tried at all. */
  get isUsable(): boolean {
    return this.commands.status === 'ready' && performance.now() >= this.openUntilMs;
  }

  /** Runs commands; undefined when they were not answered in time, which says nothing about what they did. */
  async ask<T>(run: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    if (!this.isUsable) return undefined;
    try {
      const answer = await run(this.commands);
      this.failuresInRow = 0;
      return answer;
    } catch (error) {
      this.failuresInRow += 1;
      if (this.failuresInRow >= FAILURES_BEFORE_OPEN) this.openUntilMs = performance.now() + OPEN_MS;
      this.away(error as Error);
      return undefined;
    }
  }

  /** Hears messages of a channel, whenever there is a connection; those in between are lost. */
  subscribe(channel: string, listener: (message: string) => void): void {
    this.listeners.set(channel, listener);
    if (this.subscriber.status === 'ready') void this.resubscribe();
  }

  /**
   * Called now, if there is a connection, and whenever there is one again: what was missed must be read then. Call what it answers
   * to hear no more.
   */
  whenReady(listener: () => void): () => void {
    this.onReady.add(listener);
    if (this.commands.status === 'ready') listener();
    return () => void this.onReady.delete(listener);
  }

  /** Closes both connections. */
  close(): void {
    this.onReady.clear();
    this.commands.disconnect();
    this.subscriber.disconnect();
  }

  private async resubscribe(): Promise<void> {
    const channels = [...this.listeners.keys()];
    if (channels.length === 0) return;
    await this.subscriber.subscribe(...channels).catch(() => undefined);
    for (const listener of this.onReady) listener();
  }

  private away(error: Error): void {
    if (this.isAway) return;
    this.isAway = true;
    this.log.warn({ why: error.message }, 'Redis does not answer; each process goes on by itself');
  }

  private back(): void {
    this.failuresInRow = 0;
    this.openUntilMs = 0;
    if (this.isAway) this.log.info({}, 'Redis answers again');
    this.isAway = false;
    for (const listener of this.onReady) listener();
  }
}
