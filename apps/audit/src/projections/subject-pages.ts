import type { ClientBase, Pool } from 'pg';
import { numberAt, numberFrom, subjectKeys } from './entry-keys';

/** Whose something is: its accounts and orders, at most two of each. A trade has two sides. */
export interface Subject {
  readonly accounts: readonly string[];
  readonly orders: readonly string[];
}

/** A subject with the keys that its entries are found by, so that they are hashed once for all of them. */
export interface KnownSubject extends Subject {
  readonly keys: readonly number[];
}

/** Numbered things of one kind and shard in one row: they begin one after the other, so few rows change at a time. */
const SUBJECTS_PER_PAGE = 256;
/** The most pages kept in memory, about 150,000 subjects; older ones are read from their table again. */
const PAGES_MAX = 600;
const PAGES_KEPT = 400;

/** Where a subject stands: `order/trading/0:17` is number 17 of the series `order/trading/0`. */
interface Page {
  readonly series: string;
  readonly page: number;
  readonly subjects: (KnownSubject | undefined)[];
  atMicros: number;
  isChanged: boolean;
  usedAt: number;
}

interface Series {
  readonly name: string;
  readonly pages: Map<number, Page>;
}

type Query = Pick<ClientBase | Pool, 'query'>;

/**
 * Whose orders, trades, sagas and transfers they are, for as long as the log is: pages in memory over a table. What was begun
 * once never changes hands. Pages that a transaction changed are written by `store` in that transaction; when it is rolled
 * back, `clear` forgets them.
 */
export class SubjectPages {
  /** There are few series, so the one of a reference is found by comparing. */
  readonly #series: Series[] = [];
  #count = 0;
  #clock = 0;

  /** Reads the pages of these references that are not in memory, in one statement. */
  async load(client: Query, refs: Iterable<string>): Promise<void> {
    const wanted: Page[] = [];
    this.#clock++;
    for (const ref of refs) {
      const colon = numberAt(ref);
      if (colon < 0) continue;
      const page = this.#pageOf(ref, colon) ?? this.#add(ref, colon, wanted);
      if (page !== undefined) page.usedAt = this.#clock;
    }
    if (wanted.length === 0) return;
    const { rows } = await client.query<PageRow>({
      name: 'read-audit-subjects',
      text: READ,
      values: [wanted.map(({ series }) => series), wanted.map(({ page }) => page)],
    });
    for (const row of rows) this.#fill(row);
  }

  /** Whose it is; undefined when nothing has said so, or its page was not loaded. */
  get(ref: string): KnownSubject | undefined {
    const colon = numberAt(ref);
    return colon < 0 ? undefined : this.#pageOf(ref, colon)?.subjects[offsetOf(ref, colon)];
  }

  /** Notes whose it is. Its page must have been loaded. */
  declare(ref: string, subject: Subject, atMicros: number): void {
    const colon = numberAt(ref);
    const page = colon < 0 ? undefined : this.#pageOf(ref, colon);
    if (page === undefined) return;
    page.subjects[offsetOf(ref, colon)] = withKeys(subject);
    page.atMicros = Math.max(page.atMicros, atMicros);
    page.isChanged = true;
  }

  /** Writes what was declared, and lets go of pages that were not used for long. */
  async store(client: Query): Promise<void> {
    const pages = this.#series.flatMap((series) => [...series.pages.values()]);
    const changed = pages.filter(({ isChanged }) => isChanged);
    if (changed.length > 0) {
      await client.query({
        name: 'store-audit-subjects',
        text: STORE,
        values: [
          changed.map(({ series }) => series),
          changed.map(({ page }) => page),
          changed.map(({ subjects }) => textOf(subjects)),
          changed.map(({ atMicros }) => atMicros),
        ],
      });
    }
    for (const page of changed) page.isChanged = false;
    if (this.#count > PAGES_MAX) this.#forgetOldest(pages);
  }

  /** Forgets everything that is in memory. */
  clear(): void {
    this.#series.length = 0;
    this.#count = 0;
  }

  #pageOf(ref: string, colon: number): Page | undefined {
    return this.#seriesOf(ref, colon)?.pages.get(pageNumberOf(ref, colon));
  }

  /** A series that Postgres can not name has no page: nothing is known of it. */
  #add(ref: string, colon: number, wanted: Page[]): Page | undefined {
    const series = ref.slice(0, colon);
    if (series.includes('\0')) return undefined;
    const known = this.#seriesOf(ref, colon) ?? { name: series, pages: new Map<number, Page>() };
    if (known.pages.size === 0 && !this.#series.includes(known)) this.#series.push(known);
    const page: Page = {
      series,
      page: pageNumberOf(ref, colon),
      subjects: [],
      atMicros: 0,
      isChanged: false,
      usedAt: this.#clock,
    };
    known.pages.set(page.page, page);
    this.#count++;
    wanted.push(page);
    return page;
  }

  #seriesOf(ref: string, colon: number): Series | undefined {
    for (const series of this.#series)
      if (series.name.length === colon && ref.startsWith(series.name)) return series;
    return undefined;
  }

  #fill(row: PageRow): void {
    const page = this.#seriesOf(row.series, row.series.length)?.pages.get(Number(row.page));
    if (page === undefined) return;
    page.atMicros = Number(row.at_micros);
    const stored = JSON.parse(row.subjects) as readonly (readonly [string[], string[]] | 0)[];
    stored.forEach((subject, offset) => {
      if (subject !== 0) page.subjects[offset] = withKeys({ accounts: subject[0], orders: subject[1] });
    });
  }

  #forgetOldest(pages: readonly Page[]): void {
    const oldest = [...pages].sort((a, b) => a.usedAt - b.usedAt).slice(0, pages.length - PAGES_KEPT);
    for (const { series, page } of oldest) {
      this.#seriesOf(series, series.length)?.pages.delete(page);
      this.#count--;
    }
  }
}

function withKeys({ accounts, orders }: Subject): KnownSubject {
  return { accounts, orders, keys: subjectKeys({ accounts, orders }) };
}

function pageNumberOf(ref: string, colon: number): number {
  return Math.floor(numberFrom(ref, colon) / SUBJECTS_PER_PAGE);
}

function offsetOf(ref: string, colon: number): number {
  return numberFrom(ref, colon) % SUBJECTS_PER_PAGE;
}

/** JSON of [accounts, orders] by number within the page, 0 where nothing is known. JSON escapes what Postgres takes for no text. */
function textOf(subjects: readonly (Subject | undefined)[]): string {
  return JSON.stringify(
    Array.from(subjects, (each) => (each === undefined ? 0 : [each.accounts, each.orders])),
  );
}

interface PageRow {
  readonly series: string;
  readonly page: string;
  readonly subjects: string;
  readonly at_micros: string;
}

const READ = `
  SELECT series, page, subjects, at_micros FROM audit_subjects
  JOIN unnest($1::text[], $2::bigint[]) AS wanted (series, page) USING (series, page)`;

const STORE = `
  INSERT INTO audit_subjects (series, page, subjects, at_micros)
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[])
  ON CONFLICT (series, page) DO UPDATE SET subjects = excluded.subjects, at_micros = excluded.at_micros`;
