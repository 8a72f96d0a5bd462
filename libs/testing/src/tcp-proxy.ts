import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';

/** Which way bytes go: from who called to who answers, or back. */
export type Direction = 'requests' | 'answers';

const LOOPBACK = '127.0.0.1';
/** Enough for a ServerHello with a hybrid key share. */
const GREETING_BYTES_MAX = 2_048;
/** A test that opens more connections than this has no need of the first ones' greetings. */
const GREETINGS_MAX = 100;

/**
 * A wire between two services that a test can cut or stop. It knows nothing of TLS: both ends see each other's certificates
 * through it. `cut` is a peer that is gone; `hold` is a network that swallows bytes and may give them back later; `blackHole` never
 * gives them back; `delay` is a long way.
 */
export class TcpProxy {
  private readonly links = new Set<Link>();
  private readonly held = new Set<Direction>();
  private readonly greeted: Buffer[] = [];
  private isCut = false;
  private isBlackHole = false;
  private delayMs = 0;

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {
    server.on('connection', (socket) => this.accept(socket));
  }

  /** Listens on a free port of loopback and passes connections on to the target's port. */
  static start(targetPort: number): Promise<TcpProxy> {
    return new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true });
      const proxy = new TcpProxy(server, targetPort);
      server.once('error', reject);
      server.listen(0, LOOPBACK, () => resolve(proxy));
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Breaks every connection and refuses new ones. */
  cut(): void {
    this.isCut = true;
    this.drop();
  }

  /** Breaks every connection; new ones pass. */
  drop(): void {
    for (const link of this.links) link.destroy();
  }

  /** Keeps back all bytes of one direction, of connections that stand and of new ones. */
  hold(direction: Direction): void {
    this.held.add(direction);
    for (const link of this.links) link.pump(direction).hold();
  }

  /** Accepts connections and bytes and passes nothing on, as a network that drops every packet. */
  blackHole(): void {
    this.isBlackHole = true;
    for (const link of this.links) link.swallow(true);
  }

  /** Passes every byte on so much later, in order. */
  delay(delayMs: number): void {
    this.delayMs = delayMs;
    for (const link of this.links) for (const way of DIRECTIONS) link.pump(way).delay(delayMs);
  }

  /** Gives back what was held, in order, and passes everything from now on; connections that lost bytes are broken. */
  heal(): void {
    this.isCut = false;
    this.isBlackHole = false;
    this.delay(0);
    for (const link of this.links) {
      link.swallow(false);
      if (link.hasLostBytes) link.destroy();
    }
    this.held.clear();
    for (const link of this.links) for (const way of DIRECTIONS) link.pump(way).release();
  }

  /** Bytes that are kept back now. */
  get heldBytes(): number {
    return [...this.links].reduce(
      (sum, link) => sum + link.pump('requests').heldBytes + link.pump('answers').heldBytes,
      0,
    );
  }

  /** The first bytes that the target sent on each connection so far, oldest first: with TLS, its ServerHello. */
  get greetings(): readonly Buffer[] {
    return this.greeted;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    this.drop();
    await closed;
  }

  private accept(caller: Socket): void {
    if (this.isCut) {
      caller.destroy();
      return;
    }
    const callee = dial({ port: this.targetPort, host: LOOPBACK, allowHalfOpen: true });
    const link = new Link(caller, callee);
    callee.once('data', (chunk: Buffer) => this.keepGreeting(chunk));
    this.links.add(link);
    link.onClosed(() => this.links.delete(link));
    for (const direction of this.held) link.pump(direction).hold();
    if (this.isBlackHole) link.swallow(true);
    if (this.delayMs > 0) for (const way of DIRECTIONS) link.pump(way).delay(this.delayMs);
  }

  private keepGreeting(chunk: Buffer): void {
    if (this.greeted.length < GREETINGS_MAX)
      this.greeted.push(Buffer.from(chunk.subarray(0, GREETING_BYTES_MAX)));
  }
}

const DIRECTIONS: readonly Direction[] = ['requests', 'answers'];

/** One connection through the proxy. When one side breaks, so does the other. */
class Link {
  private readonly pumps: Readonly<Record<Direction, Pump>>;

  constructor(
    private readonly caller: Socket,
    private readonly callee: Socket,
  ) {
    this.pumps = { requests: new Pump(caller, callee), answers: new Pump(callee, caller) };
    for (const socket of [caller, callee]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => this.destroy());
    }
  }

  pump(direction: Direction): Pump {
    return this.pumps[direction];
  }

  swallow(isSwallowing: boolean): void {
    for (const way of DIRECTIONS) this.pumps[way].swallow(isSwallowing);
  }

  get hasLostBytes(): boolean {
    return DIRECTIONS.some((way) => this.pumps[way].lostBytes > 0);
  }

  destroy(): void {
    this.caller.destroy();
    this.callee.destroy();
  }

  onClosed(listener: () => void): void {
    this.caller.once('close', listener);
  }
}

/** One direction of one connection. */
class Pump {
  private kept: Buffer[] = [];
  private isHeld = false;
  private endSeen = false;
  private isSwallowing = false;
  private delayMs = 0;
  private readonly onTheWay: { readonly dueMs: number; readonly act: () => void }[] = [];
  lostBytes = 0;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on('data', (chunk: Buffer) => this.take(chunk));
    from.on('end', () => {
      this.endSeen = true;
      if (!this.isHeld) this.later(() => to.end());
    });
    to.on('drain', () => from.resume());
  }

  get heldBytes(): number {
    return this.kept.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  hold(): void {
    this.isHeld = true;
  }

  swallow(isSwallowing: boolean): void {
    this.isSwallowing = isSwallowing;
  }

  delay(delayMs: number): void {
    this.delayMs = delayMs;
  }

  release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    for (const chunk of this.kept) this.to.write(chunk);
    this.kept = [];
    if (this.endSeen) this.to.end();
  }

  private take(chunk: Buffer): void {
    if (this.isSwallowing) this.lostBytes += chunk.length;
    else if (this.isHeld) this.kept.push(chunk);
    else this.later(() => this.pass(chunk));
  }

  private pass(chunk: Buffer): void {
    if (!this.to.destroyed && !this.to.write(chunk)) this.from.pause();
  }

  /** In order, also when the delay has become shorter meanwhile. */
  private later(act: () => void): void {
    if (this.delayMs === 0 && this.onTheWay.length === 0) return act();
    const dueMs = Math.max(performance.now() + this.delayMs, this.onTheWay.at(-1)?.dueMs ?? 0);
    this.onTheWay.push({ dueMs, act });
    if (this.onTheWay.length === 1) this.wait();
  }

  private wait(): void {
    const [next] = this.onTheWay;
    if (next === undefined) return;
    const arrive = (): void => {
      this.onTheWay.shift();
      next.act();
      this.wait();
    };
    setTimeout(arrive, Math.max(0, next.dueMs - performance.now()));
  }
}
