import { trading } from '@clearway/contracts';
import { currentViewOf, type Report } from '@clearway/domain-trading';
import { fields, RpcError, requireOwnAccount, type ServerStreamHandler } from '@clearway/platform-rpc';
import type { OrderCodec } from '../codec/order.codec';
import type { ReportHub } from '../effects/report-hub';
import type { TradingCore } from '../trading-core';
import { openOrders } from './list-orders.rpc';

/** Reports that may wait for a slow reader before its stream ends. */
const REPORTS_WAITING_MAX = 10_000;
/** Reports in one message. */
const MESSAGE_REPORTS_MAX = 500;

/** Sends an account's open orders, then every change of its orders once it is durable. */
export function watchOrdersRpc(
  core: TradingCore,
  codec: OrderCodec,
  hub: ReportHub,
): ServerStreamHandler<trading.WatchOrdersRequest, trading.WatchOrdersResponse> {
  return async (request, call, stream) => {
    const check = fields();
    const account = check.accountId('account', request.account);
    check.done();
    requireOwnAccount(call.caller, account);
    const mailbox = new Mailbox(codec, hub.epoch);
    const unwatch = hub.watch(account, (report, sequence) => mailbox.put(report, sequence));
    call.signal.addEventListener('abort', () => mailbox.wake(), { once: true });
    try {
      for (const reports of await snapshot(core, codec, hub, account, mailbox))
        await stream.send({ reports });
      while (!call.signal.aborted) await stream.send({ reports: await mailbox.take() });
    } finally {
      unwatch();
    }
  };
}

/** What is in the mailbox at the moment of the read is part of what was read, so it is dropped. */
async function snapshot(
  core: TradingCore,
  codec: OrderCodec,
  hub: ReportHub,
  account: string,
  mailbox: Mailbox,
): Promise<trading.ExecutionReport[][]> {
  const orders = await core.read((state) => {
    mailbox.clear();
    return openOrders(state, account, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).map((order) =>
      codec.order(currentViewOf(state, order)),
    );
  });
  const reports = orders.reverse().map((order) => statusReport(order, hub.epoch));
  const messages: trading.ExecutionReport[][] = [];
  for (let from = 0; from < reports.length; from += MESSAGE_REPORTS_MAX) {
    messages.push(reports.slice(from, from + MESSAGE_REPORTS_MAX));
  }
  return messages;
}

function statusReport(order: trading.Order, epoch: number): trading.ExecutionReport {
  const execType = trading.ExecType.EXEC_TYPE_ORDER_STATUS;
  const noTrade = { lastQty: '', lastPx: '', tradeId: '', maker: false, fee: '' };
  return { execType, order, ...noTrade, sequence: 0, epoch, atMicros: order.updatedAtMicros };
}

/** Reports that wait for their reader. */
class Mailbox {
  private waiting: { report: Report; sequence: number }[] = [];
  private overrun = false;
  private wakeReader: (() => void) | undefined;

  constructor(
    private readonly codec: OrderCodec,
    private readonly epoch: number,
  ) {}

  put(report: Report, sequence: number): void {
    if (this.waiting.length >= REPORTS_WAITING_MAX) this.overrun = true;
    else this.waiting.push({ report, sequence });
    this.wake();
  }

  clear(): void {
    this.waiting = [];
  }

  wake(): void {
    this.wakeReader?.();
    this.wakeReader = undefined;
  }

  /** The next reports, as soon as there are any; empty when woken for another cause. Throws SLOW_READER after an overrun. */
  async take(): Promise<trading.ExecutionReport[]> {
    if (this.waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.wakeReader = resolve;
      });
    }
    if (this.overrun) throw new RpcError('SLOW_READER');
    const taken = this.waiting.splice(0, MESSAGE_REPORTS_MAX);
    return taken.map(({ report, sequence }) => this.codec.report(report, sequence, this.epoch));
  }
}
