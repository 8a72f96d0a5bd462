import { type DecimalFailure, isAccountId, parseDecimal } from '@clearway/kernel';
import { type FieldViolation, RpcError } from './rpc-error';

/** What a text must look like. */
export interface TextRule {
  readonly charsMin?: number;
  readonly charsMax: number;
  readonly pattern?: RegExp;
  /** How to say what the pattern wants, for example "A-Z a-z 0-9 . _ : -". */
  readonly allowed?: string;
}

/** What a decimal must be. */
export interface DecimalRule {
  /** Most places after the point; the value comes back in units of the last one. */
  readonly decimals: number;
  /** Default: only positive amounts. */
  readonly sign?: 'positive' | 'not-negative' | 'any';
}

/** The key that callers choose: client order ids and request ids. */
export const CALLER_KEY: TextRule = {
  charsMax: 36,
  pattern: /^[A-Za-z0-9._:-]+$/,
  allowed: 'A-Z a-z 0-9 . _ : -',
};

/**
 * All control characters but tab and line ends. Postgres takes no NUL in a text: one that got as far as a journal would stop
 * every read model behind it for ever.
 */
const CONTROL_CHARACTER = /[^\P{Cc}\t\r\n]/u;

/** A W3C traceparent that one service hands on to another inside a message. */
export const TRACEPARENT_TEXT: TextRule = {
  charsMax: 55,
  pattern: /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/,
};

const PAGE_SIZE_DEFAULT = 100;
const PAGE_SIZE_MAX = 500;

const DECIMAL_FAILURES: Readonly<Record<DecimalFailure, string>> = {
  'not-a-decimal': 'is not a decimal number such as "12.50"',
  'too-many-decimals': 'has too many places after the point',
  'too-large': 'is too large',
};

/**
 * Checks the fields of a request and collects everything that is wrong, so that a caller learns all of it at once. Each
 * check returns the value to go on with; what a failed check returns is never used if `done` is called before it is.
 */
export class FieldCheck {
  private readonly violations: FieldViolation[] = [];

  /** Notes a violation that no check covers. */
  violation(field: string, description: string): void {
    this.violations.push({ field, description });
  }

  /** Notes a violation unless the condition holds. */
  require(condition: boolean, field: string, description: string): void {
    if (!condition) this.violation(field, description);
  }

  /** A text that must be there. */
  text(field: string, value: string, rule: TextRule): string {
    const { charsMin = 1, charsMax, pattern, allowed } = rule;
    if (value.length < charsMin || value.length > charsMax) {
      this.violation(field, `must have ${charsMin} to ${charsMax} characters`);
    } else if (CONTROL_CHARACTER.test(value)) {
      this.violation(field, 'must not have control characters');
    } else if (pattern && !pattern.test(value)) {
      this.violation(field, allowed ? `may only have the characters ${allowed}` : 'has the wrong form');
    }
    return value;
  }

  /** A text that may be empty. */
  optionalText(field: string, value: string, rule: TextRule): string {
    return value === '' ? value : this.text(field, value, rule);
  }

  /** An account id, "PARTICIPANT.NAME". */
  accountId(field: string, value: string): string {
    this.require(isAccountId(value), field, 'is not an account id such as "alice.main"');
    return value;
  }

  /** An enum value out of those that the method knows: not UNSPECIFIED, and not a newer client's. */
  oneOf<Value>(field: string, value: Value, known: readonly Value[]): Value {
    this.require(known.includes(value), field, 'has no known value');
    return value;
  }

  /** A decimal string, in units of its last place. */
  decimal(field: string, value: string, { decimals, sign = 'positive' }: DecimalRule): bigint {
    const result = parseDecimal(value, decimals);
    if (!result.ok) {
      this.violation(field, DECIMAL_FAILURES[result.failure]);
      return 0n;
    }
    if (sign === 'positive') this.require(result.minor > 0n, field, 'must be positive');
    if (sign === 'not-negative') this.require(result.minor >= 0n, field, 'must not be negative');
    return result.minor;
  }

  /** A whole number within bounds, both included. */
  integer(field: string, value: number, min: number, max: number): number {
    const isWithin = Number.isSafeInteger(value) && value >= min && value <= max;
    this.require(isWithin, field, `must be a whole number from ${min} to ${max}`);
    return value;
  }

  /** A list of bounded length. */
  list<Item>(field: string, items: readonly Item[], itemsMax: number): readonly Item[] {
    this.require(items.length <= itemsMax, field, `may have at most ${itemsMax} items`);
    return items;
  }

  /** A message that must be set. */
  message<Message>(field: string, value: Message | undefined): Message | undefined {
    this.require(value !== undefined, field, 'must be set');
    return value;
  }

  /** Page size of a list method: 0 means 100, at most 500. Throws INVALID_PAGE at once. */
  pageSize(value: number): number {
    if (value > PAGE_SIZE_MAX) throw new RpcError('INVALID_PAGE', `page_size is at most ${PAGE_SIZE_MAX}.`);
    return value === 0 ? PAGE_SIZE_DEFAULT : value;
  }

  /** Throws FIELD_INVALID with every violation found, if there is one. */
  done(): void {
    const [first] = this.violations;
    if (!first) return;
    const message = `${first.field} ${first.description}.`;
    throw new RpcError(
      'FIELD_INVALID',
      message,
      { field: first.field },
      { fieldViolations: this.violations },
    );
  }
}

/** Starts the check of a request. */
export function fields(): FieldCheck {
  return new FieldCheck();
}
