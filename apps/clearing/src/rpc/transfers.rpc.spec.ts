import { clearing } from '@clearway/contracts';
import type { ClearingOutput, Transfer } from '@clearway/domain-clearing';
import { parseAssetCatalogue } from '@clearway/kernel';
import { depositRpc } from './deposit.rpc';
import { getTransferRpc } from './get-transfer.rpc';
import { callBy, inMemoryClearing } from './in-memory-clearing.fixture';
import type { TransferPorts } from './request-transfer';
import { withdrawRpc } from './withdraw.rpc';

const request = {
  account: 'alice.main',
  requestId: 'd-1',
  asset: 'USD',
  amount: '12.50',
  bankReference: 'ref',
};
const operator = callBy('operator/olga');
const { TRANSFER_STATUS_PENDING, TRANSFER_STATUS_COMPLETED } = clearing.TransferStatus;

/** Ports whose risk agrees to everything as soon as somebody waits. */
function agreeable(forgotten?: Transfer): TransferPorts {
  const calls: Extract<ClearingOutput, { kind: 'saga-call' }>['call'][] = [];
  const shard = inMemoryClearing((output) => {
    if (output.kind === 'saga-call') calls.push(output.call);
  });
  return {
    shard,
    assets: parseAssetCatalogue('USD:2,AMZN:0'),
    whenEnded: async () => {
      for (let call = calls.shift(); call; call = calls.shift()) {
        const { sagaNumber, step, phase } = call;
        const answer = { sagaNumber, step, phase, status: 'succeeded', result: Buffer.alloc(0) } as const;
        await shard.submit({ kind: 'SagaAnswers', answers: [answer] }, operator);
      }
    },
    findForgotten: async () => forgotten,
  };
}

describe('Deposit', () => {
  it('answers COMPLETED when the saga has ended, and the same for the same key', async () => {
    const deposit = depositRpc(agreeable());
    const first = await deposit(request, operator);
    expect(first).toMatchObject({
      duplicate: false,
      transfer: { transferId: 'clearing/0#1', amount: '12.50', status: TRANSFER_STATUS_COMPLETED },
    });
    expect(await deposit(request, operator)).toEqual({ ...first, duplicate: true });
  });

  it('answers PENDING when it has not', async () => {
    const ports = { ...agreeable(), whenEnded: async () => 'pending' };
    const { transfer } = await depositRpc(ports)(request, operator);
    expect(transfer?.status).toBe(TRANSFER_STATUS_PENDING);
  });

  it.each([
    [{ amount: '0' }, 'FIELD_INVALID'],
    [{ amount: '-1' }, 'FIELD_INVALID'],
    [{ amount: '1.005' }, 'FIELD_INVALID'],
    [{ requestId: '' }, 'FIELD_INVALID'],
    [{ account: 'house.fees' }, 'FIELD_INVALID'],
    [{ asset: 'ZZZ' }, 'UNKNOWN_ASSET'],
  ])('refuses %j with %s', async (change, reason) => {
    const deposit = depositRpc(agreeable());
    await expect(deposit({ ...request, ...change }, operator)).rejects.toMatchObject({ reason });
  });

  it('refuses another body under the same key', async () => {
    const deposit = depositRpc(agreeable());
    await deposit(request, operator);
    await expect(deposit({ ...request, amount: '12.51' }, operator)).rejects.toMatchObject({
      reason: 'REQUEST_ID_REUSED',
      status: 'ALREADY_EXISTS',
    });
  });
});

describe('Withdraw and GetTransfer', () => {
  it('reach own accounts only', async () => {
    const ports = agreeable();
    const bob = callBy('participant/bob');
    await expect(withdrawRpc(ports)(request, bob)).rejects.toMatchObject({ reason: 'NOT_YOUR_ACCOUNT' });
    await expect(getTransferRpc(ports)(request, bob)).rejects.toMatchObject({ reason: 'NOT_YOUR_ACCOUNT' });
  });

  it('find a transfer by its key, or say that there is none', async () => {
    const ports = agreeable();
    await expect(getTransferRpc(ports)(request, operator)).rejects.toMatchObject({
      reason: 'UNKNOWN_TRANSFER',
    });
    const { transfer } = await depositRpc(ports)(request, operator);
    expect(await getTransferRpc(ports)(request, operator)).toEqual({ transfer });
  });
});
