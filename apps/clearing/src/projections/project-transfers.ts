import type { ClearingEvent, TransferRequested } from '@clearway/domain-clearing';
import type { JournaledEvent } from '@clearway/platform-journal';
import type { ClientBase } from 'pg';

const REQUESTED = `
INSERT INTO transfers (shard, transfer_number, saga_number, deposit, account, request_id, asset, amount_minor,
  bank_reference, status, reasons, requested_at_micros, changed_at_micros)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', '[]', $10, $10)`;
const REFUSED = `
UPDATE transfers SET status = 'refused', reasons = $3, changed_at_micros = $4
WHERE shard = $1 AND transfer_number = $2`;
const COMPLETED = `
UPDATE transfers SET status = 'completed', changed_at_micros = $3
WHERE shard = $1 AND saga_number = $2 AND status = 'pending'`;

/** Projects deposits and withdrawals. They are few beside settlements, so each event is a statement of its own. */
export async function projectTransfers(
  client: ClientBase,
  shard: string,
  events: readonly JournaledEvent<ClearingEvent>[],
): Promise<void> {
  for (const { event, context } of events) {
    const { atMicros } = context;
    if (event.kind === 'TransferRequested') await insert(client, shard, event, atMicros);
    if (event.kind === 'TransferRefused') {
      const reasons = JSON.stringify(event.reasons);
      await client.query(REFUSED, [shard, event.transferNumber, reasons, atMicros]);
    }
    if (event.kind === 'Saga' && event.saga.kind === 'SagaAdvanced' && event.saga.completed)
      await client.query(COMPLETED, [shard, event.saga.sagaNumber, atMicros]);
  }
}

async function insert(
  client: ClientBase,
  shard: string,
  event: TransferRequested,
  atMicros: number,
): Promise<void> {
  const { transferNumber, sagaNumber, deposit, account, requestId, asset, amountMinor, bankReference } =
    event;
  const body = [deposit, account, requestId, asset, amountMinor, bankReference];
  await client.query(REQUESTED, [shard, transferNumber, sagaNumber, ...body, atMicros]);
}
