import type { SettledBalance, Transfer, TransferStatus } from '@clearway/domain-clearing';
import type { Reason } from '@clearway/kernel';
import type { Pool } from 'pg';

const BALANCES_AS_OF = `
SELECT DISTINCT ON (asset) asset, balance_minor FROM ledger_postings
WHERE shard = $1 AND owner = $2 AND purpose = 'CUSTOMER' AND at_micros <= $3
ORDER BY asset, entry_number DESC, line DESC`;
const STATEMENT = `
SELECT entry_number, line, at_micros, asset, side, amount_minor, balance_minor, kind, reference FROM ledger_postings
WHERE shard = $1 AND owner = $2 AND purpose = 'CUSTOMER' AND ($3 = '' OR asset = $3) AND (entry_number, line) > ($4, $5)
ORDER BY entry_number, line LIMIT $6`;
const TRANSFER = `SELECT * FROM transfers WHERE shard = $1 AND account = $2 AND request_id = $3`;

/** One line of a statement, as the read model keeps it. */
export interface StatementLine {
  readonly entryNumber: number;
  /** Place of the posting within its entry, from 0. */
  readonly line: number;
  readonly atMicros: number;
  readonly asset: string;
  readonly side: 'debit' | 'credit';
  readonly amountMinor: bigint;
  readonly balanceMinor: bigint;
  readonly kind: string;
  readonly reference: string;
}

/** Where a page begins: after this line. */
export interface StatementCursor {
  readonly entryNumber: number;
  readonly line: number;
}

/** Which lines of a statement. */
export interface StatementQuery {
  readonly account: string;
  /** Empty for all assets. */
  readonly asset: string;
  readonly after: StatementCursor;
  readonly linesMax: number;
}

/** History of one shard's ledger, from the read models. Live questions are answered from memory instead. */
export class LedgerQueries {
  constructor(
    private readonly pool: Pool,
    private readonly shard: string,
  ) {}

  /** What an account owned right after the last entry at or before the moment, by asset. */
  async balancesAsOf(account: string, asOfMicros: number): Promise<readonly SettledBalance[]> {
    const { rows } = await this.pool.query<{ asset: string; balance_minor: string }>(BALANCES_AS_OF, [
      this.shard,
      account,
      asOfMicros,
    ]);
    return rows.map((row) => ({ asset: row.asset, amountMinor: BigInt(row.balance_minor) }));
  }

  /** Lines of an account's statement after the cursor, oldest first. */
  async statement(query: StatementQuery): Promise<readonly StatementLine[]> {
    const { account, asset, after, linesMax } = query;
    const parameters = [this.shard, account, asset, after.entryNumber, after.line, linesMax];
    const { rows } = await this.pool.query<StatementRow>(STATEMENT, parameters);
    return rows.map((row) => ({
      entryNumber: Number(row.entry_number),
      line: row.line,
      atMicros: Number(row.at_micros),
      asset: row.asset,
      side: row.side,
      amountMinor: BigInt(row.amount_minor),
      balanceMinor: BigInt(row.balance_minor),
      kind: row.kind,
      reference: row.reference,
    }));
  }

  /** A transfer by its key, however old. */
  async findTransfer(account: string, requestId: string): Promise<Transfer | undefined> {
    const { rows } = await this.pool.query<TransferRow>(TRANSFER, [this.shard, account, requestId]);
    const [row] = rows;
    return (
      row && {
        transferNumber: Number(row.transfer_number),
        sagaNumber: Number(row.saga_number),
        deposit: row.deposit,
        account: row.account,
        requestId: row.request_id,
        asset: row.asset,
        amountMinor: BigInt(row.amount_minor),
        bankReference: row.bank_reference,
        status: row.status,
        reasons: row.reasons,
      }
    );
  }
}

interface StatementRow {
  readonly entry_number: string;
  readonly line: number;
  readonly at_micros: string;
  readonly asset: string;
  readonly side: 'debit' | 'credit';
  readonly amount_minor: string;
  readonly balance_minor: string;
  readonly kind: string;
  readonly reference: string;
}

interface TransferRow {
  readonly transfer_number: string;
  readonly saga_number: string;
  readonly deposit: boolean;
  readonly account: string;
  readonly request_id: string;
  readonly asset: string;
  readonly amount_minor: string;
  readonly bank_reference: string;
  readonly status: TransferStatus;
  readonly reasons: readonly Reason[];
}
