import { type Client, Metadata } from '@grpc/grpc-js';

const CHECK_PATH = '/grpc.health.v1.Health/Check';
/** HealthCheckResponse{status: SERVING} on the wire: field 1, varint, value 1. */
const SERVING = Buffer.from([0x08, 0x01]);
const NOTHING = Buffer.alloc(0);
/** How often every address is asked whether it serves. */
export const FIND_INTERVAL_MS = 250;
/** A process that is stopped or cut off does not answer at all. */
const CHECK_TIMEOUT_MS = 1_000;

/** What the finder looks at. */
interface Endpoint {
  readonly current: Client;
}

/**
 * Finds which of a service's processes owns its shard: the owner's health says SERVING, a standby's does not. It stays with the one
 * that it knows for as long as no other serves, so that a slow answer moves nobody.
 */
export class OwnerFinder<Each extends Endpoint> {
  private readonly timer: NodeJS.Timeout;
  private readonly asked = new Set<Each>();
  private readonly serving = new Map<Each, boolean>();

  constructor(
    private readonly endpoints: readonly Each[],
    private readonly owner: () => Each,
    private readonly onMoved: (to: Each) => void,
  ) {
    this.timer = setInterval(() => this.ask(), FIND_INTERVAL_MS);
    this.timer.unref();
    this.ask();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private ask(): void {
    for (const endpoint of this.endpoints) {
      if (this.asked.has(endpoint)) continue;
      this.asked.add(endpoint);
      isServing(endpoint.current, CHECK_TIMEOUT_MS, (serves) => {
        this.asked.delete(endpoint);
        this.serving.set(endpoint, serves);
        this.look();
      });
    }
  }

  private look(): void {
    const owner = this.owner();
    if (this.serving.get(owner) !== false) return;
    const found = this.endpoints.find((endpoint) => this.serving.get(endpoint) === true);
    if (found !== undefined) this.onMoved(found);
  }
}

/** Asks one process over gRPC's own health protocol whether it serves; false also when it does not answer in time. */
function isServing(client: Client, timeoutMs: number, told: (serves: boolean) => void): void {
  client.makeUnaryRequest(
    CHECK_PATH,
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => bytes,
    NOTHING,
    new Metadata(),
    { deadline: Date.now() + timeoutMs },
    (error, answer) => told(error === null && answer !== undefined && SERVING.equals(answer)),
  );
}
