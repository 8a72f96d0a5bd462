import type { RequestTransfer, Transfer } from '@clearway/domain-clearing';
import type { CancelOrder, PlaceOrder, ReplaceOrder } from '@clearway/domain-trading';
import { participantOf } from '@clearway/kernel';
import { RpcError } from '@clearway/platform-rpc';
import type { Acknowledged } from './acknowledged';
import { ASSETS } from './market';
import type { Network } from './network';
import { OrderMaker, quantityText } from './order-maker';
import type { SystemView } from './system-view';
import type { OrderAnswer } from './trading-service';
import { Owner } from './virtual-time';
import type { World } from './world';

const CALL_TIMEOUT_MS = 6_000;
const RETRY_MS_MAX = 400;
/** Errors that are an answer: the request was understood and not accepted. */
const FINAL = new Set([
  'CL_ORD_ID_REUSED',
  'REQUEST_ID_REUSED',
  'UNKNOWN_ORDER',
  'UNKNOWN_SYMBOL',
  'FIELD_INVALID',
]);

/** What a client works with. */
export interface ClientSetting {
  readonly world: World;
  readonly network: Network;
  readonly acknowledged: Acknowledged;
  readonly system: SystemView;
  /** False once the run comes to its end: the client finishes what it began. */
  readonly isOpen: () => boolean;
  /** The longest that it waits before it acts again. */
  readonly thinkMsMax: number;
}

/**
 * One participant: places and cancels orders, brings and takes money, and asks again with the same key for as long as it has no
 * answer. Sometimes it changes its mind and repeats an old request, or uses an old key for another one.
 */
export class Client {
  readonly owner: Owner;
  isDone = false;
  readonly #placed: PlaceOrder[] = [];
  readonly #transfers: RequestTransfer[] = [];
  readonly #maker: OrderMaker;
  #requests = 0;
  /** True while it brings its first money: without that there is nothing to see. */
  #isPatient = true;

  constructor(
    readonly account: string,
    private readonly setting: ClientSetting,
  ) {
    this.owner = new Owner(`client ${account}`);
    this.#maker = new OrderMaker(account, setting.world, setting.system);
  }

  /** Brings money and acts until the run ends. Starts in the client's own owner. */
  start(): void {
    this.setting.world.time.at(this.owner, 0, () => {
      this.#run().then(
        () => {
          this.isDone = true;
        },
        (error: Error) => this.setting.world.fail('client', `${this.account}: ${error.stack}`),
      );
    });
  }

  async #run(): Promise<void> {
    const { random } = this.setting.world;
    await Promise.all(ASSETS.map((asset) => this.#transfer(this.#deposit(asset, random.between(2, 9)))));
    this.#isPatient = false;
    while (this.setting.isOpen()) {
      await pause(random.between(1, this.setting.thinkMsMax));
      const atOnce = random.chance(0.25) ? random.between(2, 6) : 1;
      await Promise.all(Array.from({ length: atOnce }, () => this.#act()));
    }
  }

  async #act(): Promise<void> {
    const { random } = this.setting.world;
    if (this.#seesAuctionEnd() && random.chance(0.3)) return this.#massCancel();
    const dice = random.next();
    if (dice < 0.56 || this.#placed.length === 0) return this.#place(this.#newOrder());
    if (dice < 0.66) return this.#replace(random.pick(this.#placed));
    if (dice < 0.67) return this.#massCancel();
    if (dice < 0.76) return this.#cancel(random.pick(this.#placed));
    if (dice < 0.82) return this.#place(random.pick(this.#placed));
    if (dice < 0.84) return this.#reuse(random.pick(this.#placed));
    if (dice < 0.9) return this.#transfer(this.#deposit(random.pick(ASSETS), random.between(1, 3)));
    if (dice < 0.98) return this.#transfer(this.#withdrawal());
    return this.#transfer(random.pick(this.#transfers));
  }

  /** An auction that takes several turns is when a client has the most reason, and the least right, to take its orders back. */
  #seesAuctionEnd(): boolean {
    return [...this.setting.system.trading().markets.values()].some(({ uncrossing }) => uncrossing);
  }

  #newOrder(): PlaceOrder {
    this.#requests += 1;
    const order = this.#maker.draw(`o${this.#requests}`);
    this.#placed.push(order);
    return order;
  }

  #deposit(asset: string, share: number): RequestTransfer {
    const unitMinor = asset === 'USD' ? 500_000n : 6n;
    return this.#newTransfer(true, asset, BigInt(share) * unitMinor);
  }

  #withdrawal(): RequestTransfer {
    const { random } = this.setting.world;
    const asset = random.pick(ASSETS);
    const hasMinor = this.setting.system.clearing().ledger.customerBalanceMinor(this.account, asset);
    const wantedMinor = random.chance(0.3) ? hasMinor : hasMinor / BigInt(random.between(2, 6));
    return this.#newTransfer(false, asset, wantedMinor > 0n ? wantedMinor : 1n);
  }

  #newTransfer(deposit: boolean, asset: string, amountMinor: bigint): RequestTransfer {
    this.#requests += 1;
    const requestId = `t${this.#requests}`;
    const { account } = this;
    const transfer = {
      kind: 'RequestTransfer',
      deposit,
      account,
      requestId,
      asset,
      amountMinor,
      bankReference: '',
    } as const;
    this.#transfers.push(transfer);
    return transfer;
  }

  async #place(order: PlaceOrder): Promise<void> {
    const answer = await this.#ask<OrderAnswer>('trading', 'PlaceOrder', order);
    if (!answer) return;
    const { number, status, cumLots } = answer.order;
    this.setting.world.trace.add(
      this.owner.name,
      `hears ${order.clOrdId} is order ${number}: ${status}, ${cumLots} filled`,
    );
    this.setting.acknowledged.order(answer, this.setting.system.trading());
  }

  async #reuse(order: PlaceOrder): Promise<void> {
    const other = order.symbol === 'BTC-USD' ? '0.099' : '99';
    const answer = await this.#ask<OrderAnswer>('trading', 'PlaceOrder', { ...order, quantity: other });
    if (answer) this.setting.acknowledged.order(answer, this.setting.system.trading());
  }

  async #cancel(order: PlaceOrder): Promise<void> {
    const command: CancelOrder = {
      kind: 'CancelOrder',
      reference: { account: order.account, clOrdId: order.clOrdId },
      participant: participantOf(order.account),
      cause: 'CANCELED_BY_OWNER',
    };
    const answer = await this.#ask<OrderAnswer>('trading', 'CancelOrder', command);
    if (answer) this.setting.acknowledged.order(answer, this.setting.system.trading());
  }

  /** Everything of its account on one side. */
  async #massCancel(): Promise<void> {
    const side = this.setting.world.random.pick(['BUY', 'SELL'] as const);
    await this.#ask('trading', 'MassCancel', { account: this.account, side });
  }

  /** Another quantity, another price, or both; now and then the request of before once more. */
  async #replace(order: PlaceOrder): Promise<void> {
    const { random } = this.setting.world;
    this.#requests += 1;
    const lots = random.between(1, 14);
    const command: ReplaceOrder = {
      kind: 'ReplaceOrder',
      reference: { account: order.account, clOrdId: order.clOrdId },
      participant: participantOf(order.account),
      clOrdId: `r${this.#requests}`,
      quantity: random.chance(0.3) ? '' : quantityText(order.symbol, lots),
      price: !order.price || random.chance(0.4) ? '' : this.#maker.price(2),
      stopPrice: !order.stopPrice || random.chance(0.7) ? '' : this.#maker.price(2),
    };
    const answer = await this.#ask<OrderAnswer>('trading', 'ReplaceOrder', command);
    if (answer) this.setting.acknowledged.order(answer, this.setting.system.trading());
    if (!random.chance(0.2)) return;
    const again = await this.#ask<OrderAnswer>('trading', 'ReplaceOrder', command);
    if (again) this.setting.acknowledged.order(again, this.setting.system.trading());
  }

  async #transfer(request: RequestTransfer): Promise<void> {
    const transfer = await this.#ask<Transfer>('clearing', 'RequestTransfer', request);
    if (!transfer) return;
    this.setting.world.trace.add(
      this.owner.name,
      `hears ${request.requestId} is transfer ${transfer.transferNumber}: ${transfer.status}`,
    );
    this.setting.acknowledged.transfer(transfer, this.setting.system.clearing());
  }

  /** Asks until there is an answer; undefined for an error that is one. Now and then the client loses interest. */
  async #ask<Answer>(service: string, method: string, request: unknown): Promise<Answer | undefined> {
    const { world, network } = this.setting;
    for (;;) {
      try {
        return await network.call<Answer>({
          from: this.owner,
          caller: this.owner.name,
          service,
          method,
          request,
          timeoutMs: CALL_TIMEOUT_MS,
        });
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        if (FINAL.has(error.reason)) return undefined;
        if (this.setting.isOpen() && !this.#isPatient && world.random.chance(0.1)) return undefined;
        await pause(world.random.between(20, RETRY_MS_MAX));
      }
    }
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}
