import type { ReasonCode } from '@clearway/kernel';
import { RpcError } from '@clearway/platform-rpc';
import type { Owner } from './virtual-time';
import type { World } from './world';

/** What one process answers to one method. */
export type Handler = (request: never) => Promise<unknown>;

/** A process as callers reach it. */
export interface Endpoint {
  readonly owner: Owner;
  readonly handlers: Readonly<Record<string, Handler>>;
}

/** One call of one method of one service. */
export interface Call {
  readonly from: Owner;
  /** Name of the caller's side of the wire, for example `trading` or `client alice`. */
  readonly caller: string;
  readonly service: string;
  readonly method: string;
  readonly request: unknown;
  readonly timeoutMs: number;
}

/**
 * The wires between processes: messages are delayed by different times and so overtake each other; they are lost, doubled and
 * cut off. A caller that hears nothing within its time gets OUTCOME_UNKNOWN, as from a real client.
 */
export class Network {
  /** Pairs that cannot reach each other, `from>service`, by the time until when. */
  readonly cuts = new Map<string, number>();
  /** Services that answer INTERNAL to whatever they are asked, by the time until when. */
  readonly broken = new Map<string, number>();

  constructor(
    private readonly world: World,
    private readonly resolve: (service: string) => Endpoint | undefined,
  ) {}

  /** Calls a service. Rejects with RpcError. */
  call<Answer>(call: Call): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new RpcError('OUTCOME_UNKNOWN')), call.timeoutMs);
      const settle = (answered: () => void): void => {
        clearTimeout(giveUp);
        answered();
      };
      const deliver = (): void =>
        this.#carry(call, call.caller, call.service, this.world.outside, () => {
          this.#arrive(
            call,
            (answer) => settle(() => resolve(answer as Answer)),
            (error) => settle(() => reject(error)),
          );
        });
      deliver();
      if (this.world.random.chance(this.world.rates.messageDoubled)) {
        this.world.faults += 1;
        deliver();
      }
    });
  }

  #arrive(call: Call, resolve: (answer: unknown) => void, reject: (error: Error) => void): void {
    const endpoint = this.resolve(call.service);
    const back = (settle: () => void): void =>
      this.#carry(call, call.service, call.caller, call.from, settle);
    if (!endpoint?.owner.isAlive) return back(() => reject(new RpcError('NOT_READY')));
    this.world.time.at(endpoint.owner, 0, () => {
      const { random, rates } = this.world;
      const isBroken = (this.broken.get(call.service) ?? 0) > this.world.time.nowMicros;
      const broken = isBroken || random.chance(rates.callBroken) ? random.pick(['before', 'after']) : 'never';
      if (broken !== 'never') this.world.faults += 1;
      if (broken === 'before') return back(() => reject(new RpcError('INTERNAL')));
      const handler = endpoint.handlers[call.method];
      if (!handler) throw new Error(`${call.service} has no method ${call.method}`);
      handler(call.request as never).then(
        (answer) => back(() => (broken === 'after' ? reject(new RpcError('INTERNAL')) : resolve(answer))),
        (error: unknown) => back(() => reject(asRpcError(error))),
      );
    });
  }

  #carry(call: Call, from: string, to: string, owner: Owner, arrive: () => void): void {
    const { world } = this;
    const { random, rates, time } = world;
    const isCut = [`${from}>${to}`, `${to}>${from}`].some(
      (pair) => (this.cuts.get(pair) ?? 0) > time.nowMicros,
    );
    if (isCut || random.chance(rates.messageLost)) {
      if (!isCut) world.faults += 1;
      world.trace.add(from, `${call.method} ${from}→${to} is lost`);
      return;
    }
    const isSlow = random.chance(0.1);
    const delayMicros = random.between(50, isSlow ? rates.messageDelayMaxMicros : 1_500);
    time.at(owner, delayMicros, arrive);
  }
}

const REASONS_THAT_TRAVEL = new Set(['NOT_READY', 'DRAINING', 'OVERLOADED', 'EVENT_BEYOND_HEAD']);

function asRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  const { reason } = error as { reason?: ReasonCode };
  return reason !== undefined && REASONS_THAT_TRAVEL.has(reason)
    ? new RpcError(reason, undefined, {}, { cause: error })
    : new RpcError('INTERNAL', undefined, {}, { cause: error });
}
