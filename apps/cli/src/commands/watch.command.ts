import { setTimeout as sleep } from 'node:timers/promises';
import { trading } from '@clearway/contracts';
import type { Command } from '../line/command';
import type { CommandCall } from '../line/command-call';
import { answer } from '../output/answer';
import { renderLine } from '../output/table';
import { wireJson } from '../output/wire-json';
import { REPORT_COLUMNS, reportRow } from '../views/order.view';

const COUNT_MAX = 1_000_000_000;
const SECONDS_MAX = 1_000_000;

/** `clearway watch ACCOUNT` */
export const watchCommand: Command = {
  path: ['watch'],
  summary: "Follow an account's orders: as they stand, then every change, until Ctrl-C",
  positionals: [{ name: 'ACCOUNT', suggests: 'account' }],
  options: {
    count: { value: 'N', summary: 'end after N reports' },
    for: { value: 'SECONDS', summary: 'end after this time' },
  },
  details: 'With --json the reports are the elements of one array, each written as it comes.',
  async run(call) {
    const countMax = call.wholeNumber('count', COUNT_MAX, { min: 1, max: COUNT_MAX });
    const seconds = call.wholeNumber('for', 0, { min: 1, max: SECONDS_MAX });
    const ending = new AbortController();
    const signal = AbortSignal.any([call.interrupted, ending.signal]);
    if (seconds > 0)
      void sleep(seconds * 1_000, undefined, { signal }).then(
        () => ending.abort(),
        () => undefined,
      );
    const writer = call.terminal.json ? new JsonWriter(call) : new LineWriter(call);
    try {
      await follow(call, countMax, signal, writer);
    } finally {
      ending.abort();
    }
    writer.end();
    return {
      ...answer(
        () => undefined,
        () => '',
      ),
    };
  },
};

interface ReportWriter {
  write(report: trading.ExecutionReport): void;
  end(): void;
}

async function follow(
  call: CommandCall,
  countMax: number,
  signal: AbortSignal,
  writer: ReportWriter,
): Promise<void> {
  let count = 0;
  const account = call.word('ACCOUNT');
  for await (const { reports } of call.stack.trading.follow('watchOrders', { account }, signal)) {
    for (const report of reports) {
      writer.write(report);
      count += 1;
      if (count >= countMax) return;
    }
  }
}

/** One aligned line a report. */
class LineWriter implements ReportWriter {
  constructor(private readonly call: CommandCall) {
    const titles = REPORT_COLUMNS.map(({ title }) => title);
    call.terminal.out(`${renderLine(REPORT_COLUMNS, titles, call.terminal.colours)}\n`);
  }

  write(report: trading.ExecutionReport): void {
    const { terminal } = this.call;
    terminal.out(`${renderLine(REPORT_COLUMNS, reportRow(report), terminal.colours)}\n`);
  }

  end(): void {}
}

/** One array, which is a whole document once the watch has ended. */
class JsonWriter implements ReportWriter {
  private before = '[\n';

  constructor(private readonly call: CommandCall) {}

  write(report: trading.ExecutionReport): void {
    const message = wireJson(trading.TradingServiceService.watchOrders, { reports: [report] });
    const [element] = (message as { reports: unknown[] }).reports;
    this.call.terminal.out(`${this.before}  ${JSON.stringify(element)}`);
    this.before = ',\n';
  }

  end(): void {
    this.call.terminal.out(this.before === '[\n' ? '[]\n' : '\n]\n');
  }
}
