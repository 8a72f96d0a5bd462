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
 * through it. `cut` is a peer that is gone; `hold` is a network that swallows bytes and may give them back later.
 */
export class TcpProxy {
  private readonly links = new Set<Link>();
  private readonly held = new Set<Direction>();
  private readonly greeted: Buffer[] = [];
  private isCut = false;

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

  /** Gives back what was held, in order, and passes everything from now on. */
  heal(): void {
    this.isCut = false;
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

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on('data', (chunk: Buffer) => this.take(chunk));
    from.on('end', () => {
      this.endSeen = true;
      if (!this.isHeld) to.end();
    });
    to.on('drain', () => from.resume());
  }

  get heldBytes(): number {
    return this.kept.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    for (const chunk of this.kept) this.to.write(chunk);
    this.kept = [];
    if (this.endSeen) this.to.end();
  }

  private take(chunk: Buffer): void {
    if (this.isHeld) this.kept.push(chunk);
    else if (!this.to.write(chunk)) this.from.pause();
  }
}
