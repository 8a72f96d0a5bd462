/** A value that may be masked: what a log line or an audit context is made of. */
export type MaskableValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly MaskableValue[]
  | { readonly [key: string]: MaskableValue };

/** What replaces a secret: nothing of it remains, not even its length. */
export const REDACTED = '[REDACTED]';

/** How deep fields are searched; anything nested deeper is redacted whole rather than passed on unread. */
export const MASK_DEPTH_MAX = 16;

/** Below this length the last four characters would give too much away, so the whole value is redacted. */
const PARTIAL_LENGTH_MIN = 10;
const PARTIAL_SHOWN = 4;

/**
 * The keys whose values keep their last four characters, so that a person can still tell which card or account was meant.
 * Keys are compared without case, `_`, `-` and `.`: `cardNumber`, `card_number` and `CARD-NUMBER` are one.
 */
export const PARTLY_SHOWN_KEYS: readonly string[] = [
  'cardnumber',
  'pan',
  'primaryaccountnumber',
  'iban',
  'bankaccount',
  'bankaccountnumber',
  'bankaccountref',
  'accountbankref',
  'bankref',
  'bankreference',
  'routingnumber',
  'sortcode',
];

/** The keys whose values are replaced whole. */
export const REDACTED_KEYS: readonly string[] = [
  'cvv',
  'cvc',
  'cvv2',
  'pin',
  'track1',
  'track2',
  'password',
  'passphrase',
  'secret',
  'clientsecret',
  'apikey',
  'apisecret',
  'privatekey',
  'signingkey',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'sessiontoken',
  'authorization',
  'cookie',
  'setcookie',
];

type Treatment = 'redact' | 'showPart' | 'searchInside';

const PARTLY_SHOWN = new Set(PARTLY_SHOWN_KEYS);
const WHOLLY_HIDDEN = new Set(REDACTED_KEYS);

// Sources use few keys, each many thousand times a second. Bounded, because a key may be anybody's text.
const treatments = new Map<string, Treatment>();
const TREATMENTS_MAX = 2_000;

/**
 * Copies fields with the values of all sensitive keys masked, at any depth: secrets become `[REDACTED]`; card numbers and
 * bank references become `****` and their last four characters (spaces and hyphens left out), or `[REDACTED]` when they have
 * fewer than ten. An object or list under a sensitive key is redacted whole. The lists above are closed: a new sensitive
 * field is added there. Free text is not searched, so sources must not put secrets into it.
 */
export function maskSensitive(fields: { readonly [key: string]: MaskableValue }): {
  [key: string]: MaskableValue;
} {
  return maskRecord(fields, MASK_DEPTH_MAX);
}

function maskRecord(
  fields: { readonly [key: string]: MaskableValue },
  depthLeft: number,
): { [key: string]: MaskableValue } {
  const masked: { [key: string]: MaskableValue } = {};
  for (const key of Object.keys(fields)) {
    const value = maskField(key, fields[key], depthLeft);
    // An assignment to this one key would set the prototype instead.
    if (key === '__proto__') Object.defineProperty(masked, key, { value, ...PLAIN_PROPERTY });
    else masked[key] = value;
  }
  return masked;
}

const PLAIN_PROPERTY = { enumerable: true, configurable: true, writable: true } as const;

function maskField(key: string, value: MaskableValue, depthLeft: number): MaskableValue {
  if (value === null || value === undefined) return value;
  const treatment = treatments.get(key) ?? learnTreatment(key);
  if (treatment === 'searchInside') return maskNested(value, depthLeft);
  return treatment === 'redact' ? REDACTED : maskPartly(value);
}

function learnTreatment(key: string): Treatment {
  const name = key.toLowerCase().replace(/[_.-]/g, '');
  const treatment = WHOLLY_HIDDEN.has(name) ? 'redact' : PARTLY_SHOWN.has(name) ? 'showPart' : 'searchInside';
  if (treatments.size < TREATMENTS_MAX) treatments.set(key, treatment);
  return treatment;
}

function maskNested(value: MaskableValue, depthLeft: number): MaskableValue {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (depthLeft === 0) return REDACTED;
  if (isList(value)) return value.map((item) => maskNested(item, depthLeft - 1));
  return maskRecord(value, depthLeft - 1);
}

function maskPartly(value: MaskableValue): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return REDACTED;
  const characters = `${value}`.replace(/[\s-]/g, '');
  return characters.length < PARTIAL_LENGTH_MIN ? REDACTED : `****${characters.slice(-PARTIAL_SHOWN)}`;
}

function isList(
  value: readonly MaskableValue[] | { readonly [key: string]: MaskableValue },
): value is readonly MaskableValue[] {
  return Array.isArray(value);
}
