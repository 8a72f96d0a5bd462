import type { Colours } from './config';
import type { StackDescription } from './stack-file';

/** What the closing message shows. */
export interface ClosingFacts {
  readonly stack: StackDescription;
  readonly stackFile: string;
  readonly elapsedMs: number;
  readonly simulates: boolean;
  /** Client order id of the sample order; another one each start, so that each paste of a new run is a new order. */
  readonly clOrdId: string;
}

const SAMPLE_TRADER = 'alice';
const PLACE_ORDER = 'clearway.trading.v1.TradingService/PlaceOrder';
const GET_ORDER_STATUS = 'clearway.trading.v1.TradingService/GetOrderStatus';

/** The last words of a start: where things are, and three calls to paste. */
export function closingMessage(facts: ClosingFacts, { bold, dim, green }: Colours): string {
  const { stack } = facts;
  const services = Object.entries(stack.services).map(([name, address]) => `${name} ${address}`);
  const seconds = (facts.elapsedMs / 1000).toFixed(1);
  return [
    '',
    `${green('●')} ${bold(`Clearway is ready after ${seconds} s.`)}  ${services.join(' · ')}`,
    `  Details: ${facts.stackFile} · market simulator ${facts.simulates ? 'on (--no-sim stops it)' : 'off'} · Ctrl-C stops everything`,
    '',
    dim('  # what is there (reflection)'),
    `  ${listCommand(stack)}`,
    dim(`  # ${SAMPLE_TRADER} buys ten shares`),
    `  ${placeCommand(facts)}`,
    dim('  # what became of it'),
    `  ${statusCommand(facts)}`,
    dim('  # without grpcurl, the same order (in the checkout)'),
    `  ${bufCommand(facts)}`,
    '',
  ].join('\n');
}

/** The three lines to paste, plain, for the message and for its test. */
export function grpcurlCommands(facts: ClosingFacts): readonly string[] {
  return [listCommand(facts.stack), placeCommand(facts), statusCommand(facts)];
}

/** The same order through buf, which `npm ci` has installed. */
export function bufCommand({ stack, clOrdId }: ClosingFacts): string {
  const url = `https://${stack.services.trading ?? ''}/${PLACE_ORDER}`;
  const files = identityOf(stack);
  const tls = `--cacert ${shellWord(stack.tls.ca)} --cert ${shellWord(files.cert)} --key ${shellWord(files.key)}`;
  return `npx buf curl --protocol grpc ${tls} -d ${shellWord(orderJson(clOrdId))} ${url}`;
}

function listCommand(stack: StackDescription): string {
  return `${grpcurl(stack)} list`;
}

function placeCommand({ stack, clOrdId }: ClosingFacts): string {
  return `${grpcurl(stack, orderJson(clOrdId))} ${PLACE_ORDER}`;
}

function statusCommand({ stack, clOrdId }: ClosingFacts): string {
  const key = JSON.stringify({ account: `${SAMPLE_TRADER}.main`, cl_ord_id: clOrdId });
  return `${grpcurl(stack, key)} ${GET_ORDER_STATUS}`;
}

function grpcurl(stack: StackDescription, data?: string): string {
  const { cert, key } = identityOf(stack);
  const tls = `-cacert ${shellWord(stack.tls.ca)} -cert ${shellWord(cert)} -key ${shellWord(key)}`;
  const body = data === undefined ? '' : ` -d ${shellWord(data)}`;
  return `grpcurl ${tls}${body} ${stack.services.trading ?? ''}`;
}

function identityOf(stack: StackDescription): { readonly cert: string; readonly key: string } {
  const files = stack.tls.participants[SAMPLE_TRADER];
  if (files === undefined) throw new Error(`the stack has no participant ${SAMPLE_TRADER}`);
  return files;
}

function orderJson(clOrdId: string): string {
  return JSON.stringify({
    account: `${SAMPLE_TRADER}.main`,
    cl_ord_id: clOrdId,
    symbol: 'AAPL',
    side: 'SIDE_BUY',
    ord_type: 'ORD_TYPE_LIMIT',
    order_qty: '10',
    price: '231.50',
  });
}

/** Quotes a text for a POSIX shell when it needs it. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
