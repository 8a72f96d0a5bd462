import { MESSAGE, Workload } from '../matching/workload';

/** One case of the benchmark's gate: a short workload on an empty book. */
export interface GateCase {
  readonly name: string;
  readonly workload: Workload;
}

type Message = readonly [
  type: number,
  side: number,
  ioc: number,
  quantityLots: number,
  orderId: number,
  priceTicks: number,
];

const TABLE = /^EDGE_CASES\s*=\s*\{$(.*?)^\}$/ms;
const ENTRY = /"(\w+)"\s*:((?:[^"])*)/g;
const TERM = /\[([^[\]]*)\]/g;
const REPEATED = /^(.*)\bfor\s+(\w+)\s+in\s+range\((\d+),\s*(\d+)\)$/s;
const CALL = /(NEW|CANCEL|MODIFY)\(([^()]*)\)/g;

/**
 * Reads the cases out of the text of the benchmark's `scripts/conformance_check.py`: a table of names and lists of `NEW(id,
 * side, lots, price, ioc=1)`, `CANCEL(id)` and `MODIFY(id, side, lots, price)`, where a list may be a repetition over a range
 * and lists may be added. Throws when a case holds anything else, so that none is judged by half.
 */
export function parseGateCases(script: string): GateCase[] {
  const withoutComments = script.replace(/^((?:[^"#\n]|"[^"\n]*")*)#.*$/gm, '$1');
  const table = TABLE.exec(withoutComments)?.[1];
  if (table === undefined) throw new Error('the script has no table EDGE_CASES');
  return [...table.matchAll(ENTRY)].map(([, name, expression]) => ({
    name: name!,
    workload: workloadOf(messagesOf(name!, expression!)),
  }));
}

function messagesOf(name: string, expression: string): Message[] {
  const rest = expression.replace(TERM, '').replace(/[\s,+]/g, '');
  const messages = [...expression.matchAll(TERM)].flatMap(([, term]) => messagesOfTerm(term!.trim()));
  if (rest !== '' || messages.length === 0) throw new Error(`case ${name} is not understood`);
  return messages;
}

function messagesOfTerm(term: string): Message[] {
  const repeated = REPEATED.exec(term);
  if (!repeated) return [...term.matchAll(CALL)].map(([, verb, words]) => messageOf(verb!, words!));
  const [, body, variable, first, end] = repeated;
  return Array.from({ length: Number(end) - Number(first) }, (_, i) => {
    const value = String(Number(first) + i);
    return messagesOfTerm(body!.replace(new RegExp(`\\b${variable}\\b`, 'g'), value));
  }).flat();
}

function messageOf(verb: string, text: string): Message {
  const words = text.split(',').map((word) => word.trim());
  const [orderId, side, lots, price] = words;
  if (verb === 'CANCEL') return checked([MESSAGE.cancel, 0, 0, 0, Number(orderId), 0], text);
  const type = verb === 'NEW' ? MESSAGE.new : MESSAGE.modify;
  const ioc = words[4] === 'ioc=1' ? 1 : 0;
  return checked([type, sideOf(side), ioc, Number(lots), Number(orderId), Number(price)], text);
}

function sideOf(word: string | undefined): number {
  if (word === 'BUY') return 0;
  return word === 'SELL' ? 1 : Number.NaN;
}

function checked(message: Message, text: string): Message {
  if (!message.every(Number.isSafeInteger)) throw new Error(`the message (${text}) is not understood`);
  return message;
}

function workloadOf(messages: readonly Message[]): Workload {
  const workload = new Workload(messages.length);
  messages.forEach((message, i) => {
    workload.set(i, ...message);
  });
  return workload;
}
