import { clearing, common, saga, trading } from '@clearway/contracts';
import { type MaskableValue, maskSensitive } from '@clearway/domain-audit';

/** Longest detail of one entry, in characters; what is longer is told by its length alone, since the leaf covers the bytes. */
export const DETAIL_CHARS_MAX = 8_192;

type EnumNames = Readonly<Record<number, string>>;

const ENUMS: Readonly<Record<string, EnumNames>> = {
  side: common.Side,
  ordType: trading.OrdType,
  timeInForce: trading.TimeInForce,
  tradingStatus: trading.TradingStatus,
  phase: saga.StepPhase,
  purpose: clearing.AccountPurpose,
};

/** Enums whose field shares its name with another message's, by the field that holds the message. */
const ENUMS_WITHIN: Readonly<Record<string, Readonly<Record<string, EnumNames>>>> = {
  postings: { side: clearing.PostingSide },
  phaseChanged: { phase: trading.TradingPhase },
  uncrossingBegan: { phase: trading.TradingPhase },
  phases: { phase: trading.TradingPhase },
};

/**
 * Writes a decoded message as JSON for people: sensitive fields masked, enums by name, 64-bit numbers and money as decimal
 * strings, bytes in base64, empty texts and lists left out.
 */
export function detailJson(fields: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(maskSensitive(readableRecord(fields, ENUMS)));
  return text.length <= DETAIL_CHARS_MAX ? text : JSON.stringify({ omittedChars: text.length });
}

function readableRecord(
  fields: Readonly<Record<string, unknown>>,
  enums: Readonly<Record<string, EnumNames>>,
): { [key: string]: MaskableValue } {
  const shown: { [key: string]: MaskableValue } = {};
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (isEmpty(value) || key === '__proto__') continue;
    shown[key] = readable(key, value, enums);
  }
  return shown;
}

function readable(key: string, value: unknown, enums: Readonly<Record<string, EnumNames>>): MaskableValue {
  if (typeof value === 'number') return enums[key]?.[value] ?? value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item: unknown) => readable(key, item, enums));
  if (typeof value !== 'object' || value === null) return null;
  const inner = ENUMS_WITHIN[key];
  return readableRecord(
    value as Record<string, unknown>,
    inner === undefined ? enums : { ...enums, ...inner },
  );
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true;
  if (typeof value !== 'object') return false;
  return (Array.isArray(value) || value instanceof Uint8Array) && value.length === 0;
}
