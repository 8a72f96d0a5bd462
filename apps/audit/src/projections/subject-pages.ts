import type { ClientBase, Pool } from 'pg';
import { numberAt, numberFrom } from './entry-keys';
import { KnownSubject, Series, SUBJECTS_PER_PAGE, type Subject, SubjectPage } from './subject-page';

/** The most pages kept in memory, about 150,000 subjects; older ones are read from their table again. */
const PAGES_MAX = 600;
const PAGES_KEPT = 400;
const ASCII_LAST = 0x7e;
const ASCII_FIRST = 0x21;

type Query = Pick<ClientBase | Pool, 'query'>;

/**
 * Whose orders, trades, sagas and transfers they are, for as long as the log is: pages in memory over a table. What was begun
 * once never changes hands. Pages that a transaction changed are written by `store` in that transaction; when it is rolled
 * back, `clear` forgets them.
 */
export class SubjectPages {
  /** There are few series, so the one of a reference is found by comparing. */
  readonly #series: Series[] = [];
  /** Pages that are not read yet. */
  #wanted: SubjectPage[] = [];
  #count = 0;
  #clock = 0;

  /** Reads the pages of these references that are not in memory, in one statement. */
  async load(client: Query, refs: Iterable<string>): Promise<void> {
    for (const ref of refs) this.want(ref);
    await this.fetch(client);
  }

  /** Says that the page of a reference will be needed: `fetch` reads it. */
  want(ref: string): void {
    const colon = numberAt(ref);
    if (colon < 0) return;
    const name = ref.slice(0, colon);
    // A series that Postgres can not name has no page: nothing is known of it.
    if (name.includes('\0')) return;
    this.wantPage(this.#seriesOf(ref, colon) ?? this.#addSeries(name), numberFrom(ref, colon));
  }

  /** The page of a number, which says nothing before `fetch` has read it. */
  wantPage(series: Series, number: number): SubjectPage {
    const page = series.pageOf(number) ?? this.#addPage(series, number);
    page.usedAt = this.#clock;
    return page;
  }

  /** The series of a kind and of a shard whose name stands in bytes; undefined when that is no printable ASCII. */
  seriesAt(kind: string, bytes: Buffer, start: number, end: number): Series | undefined {
    for (const series of this.#series) if (series.isOf(kind, bytes, start, end)) return series;
    for (let at = start; at < end; at++)
      if ((bytes[at] as number) < ASCII_FIRST || (bytes[at] as number) > ASCII_LAST) return undefined;
    return this.#addSeries(`${kind}/${bytes.toString('latin1', start, end)}`);
  }

  /** Reads the wanted pages that their table may have, in one statement; in most cases it has none of them yet. */
  async fetch(client: Query): Promise<void> {
    this.#clock++;
    if (this.#wanted.length === 0) return;
    await this.#askForLast(client);
    const stored = this.#wanted.filter(({ series, page }) => page <= (series.storedPageMax ?? -1));
    this.#wanted = [];
    if (stored.length === 0) return;
    const { rows } = await client.query<PageRow>({
      name: 'read-audit-subjects',
      text: READ,
      values: [stored.map(({ series }) => series.name), stored.map(({ page }) => page)],
    });
    for (const { series, page, subjects, at_micros } of rows)
      this.#seriesOf(series, series.length)?.pages.get(Number(page))?.fill(subjects, Number(at_micros));
  }

  /** Whose it is; undefined when nothing has said so, or its page was not loaded. */
  get(ref: string): KnownSubject | undefined {
    const colon = numberAt(ref);
    if (colon < 0) return undefined;
    const number = numberFrom(ref, colon);
    return this.#seriesOf(ref, colon)?.pageOf(number)?.subjectOf(number);
  }

  /** Notes whose it is. Its page must have been loaded. */
  declare(ref: string, subject: Subject, atMicros: number): void {
    const colon = numberAt(ref);
    if (colon < 0) return;
    const number = numberFrom(ref, colon);
    this.#seriesOf(ref, colon)?.pageOf(number)?.declare(number, new KnownSubject(subject), atMicros);
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
          changed.map(({ series }) => series.name),
          changed.map(({ page }) => page),
          changed.map((page) => page.text()),
          changed.map(({ atMicros }) => atMicros),
        ],
      });
    }
    for (const page of changed) {
      page.isChanged = false;
      page.series.storedPageMax = Math.max(page.series.storedPageMax ?? -1, page.page);
    }
    if (this.#count > PAGES_MAX) this.#forgetOldest(pages);
  }

  /** Forgets everything that is in memory. */
  clear(): void {
    this.#series.length = 0;
    this.#wanted = [];
    this.#count = 0;
  }

  #addSeries(name: string): Series {
    const series = new Series(name);
    this.#series.push(series);
    return series;
  }

  #addPage(series: Series, number: number): SubjectPage {
    const page = new SubjectPage(series, Math.floor(number / SUBJECTS_PER_PAGE));
    series.pages.set(page.page, page);
    this.#count++;
    this.#wanted.push(page);
    return page;
  }

  #seriesOf(ref: string, colon: number): Series | undefined {
    for (const series of this.#series)
      if (series.name.length === colon && ref.startsWith(series.name)) return series;
    return undefined;
  }

  /** Asks which page is the last that the table has of series that are new here. */
  async #askForLast(client: Query): Promise<void> {
    const unknown = new Set<Series>();
    for (const { series } of this.#wanted) if (series.storedPageMax === undefined) unknown.add(series);
    if (unknown.size === 0) return;
    const { rows } = await client.query<{ page: string | null }>({
      name: 'read-audit-last-subjects',
      text: LAST,
      values: [[...unknown].map(({ name }) => name)],
    });
    for (const [i, series] of [...unknown].entries()) series.storedPageMax = Number(rows[i]?.page ?? -1);
  }

  #forgetOldest(pages: readonly SubjectPage[]): void {
    const oldest = [...pages].sort((a, b) => a.usedAt - b.usedAt).slice(0, pages.length - PAGES_KEPT);
    for (const { series, page } of oldest) {
      series.forget(page);
      this.#count--;
    }
  }
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

const LAST = `
  SELECT (SELECT max(page) FROM audit_subjects AS stored WHERE stored.series = wanted.series) AS page
  FROM unnest($1::text[]) WITH ORDINALITY AS wanted (series, place) ORDER BY place`;

const STORE = `
  INSERT INTO audit_subjects (series, page, subjects, at_micros)
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[])
  ON CONFLICT (series, page) DO UPDATE SET subjects = excluded.subjects, at_micros = excluded.at_micros`;
