import { setTimeout as sleep } from 'node:timers/promises';
import { clearing } from '@clearway/contracts';
import { RpcError } from '@clearway/platform-rpc';
import { accountOf, MAKER, TRADERS } from './identities';
import { listingOf, QUOTE_ASSET, SAMPLE_INSTRUMENTS, type SampleInstrument } from './sample-instruments';
import type { StackClients } from './stack-clients';
import type { StackConsole } from './stack-console';
import { StartupError } from './startup-error';

const CASH = '10000000.00';
/** The market maker moves its quotes often; the default of 100 a minute is meant for people. */
const MAKER_ORDERS_PER_MINUTE_MAX = 1_000;
const STEP_TIMEOUT_MS = 30_000;
const RETRY_INTERVAL_MS = 200;

/** Money or securities that an account is given at the first start. */
interface Endowment {
  readonly account: string;
  readonly asset: string;
  readonly amount: string;
}

/**
 * Lists the sample instruments, funds the sample accounts and lifts the market maker's order rate, through the public
 * API as an operator. Every call has a fixed key, so a later start finds it done and nothing is given twice.
 * @throws StartupError when a service refuses or does not answer in time
 */
export async function ensureSampleData(
  clients: StackClients,
  signal: AbortSignal,
  console: StackConsole,
): Promise<void> {
  for (const sample of SAMPLE_INSTRUMENTS)
    await patiently(`listing ${sample.symbol}`, signal, async () => listInstrument(clients, sample, console));
  await patiently("the market maker's limits", signal, async () => setMakerLimits(clients));
  const deposits = endowments().map(async (endowment) =>
    patiently(`the deposit of ${endowment.asset} to ${endowment.account}`, signal, async () =>
      deposit(clients, endowment),
    ),
  );
  const fresh = (await Promise.all(deposits)).filter((isNew) => isNew).length;
  if (fresh > 0) console.info(`Sample data: ${SAMPLE_INSTRUMENTS.length} instruments, ${fresh} deposits.`);
}

/** Returns true, or says why not when the symbol is listed already with other units; that listing stays. */
async function listInstrument(
  clients: StackClients,
  sample: SampleInstrument,
  console: StackConsole,
): Promise<boolean> {
  try {
    await clients.tradingAdmin.call(
      'listInstrument',
      { instrument: listingOf(sample) },
      { idempotent: true },
    );
  } catch (error) {
    if (!(error instanceof RpcError) || error.status !== 'ALREADY_EXISTS') throw error;
    console.warn(`${sample.symbol} is listed already with other units; it stays as it is.`);
  }
  return true;
}

async function setMakerLimits(clients: StackClients): Promise<boolean> {
  const limits = {
    orderQtyMax: '',
    orderNotionalMax: '',
    positionMax: '',
    ordersPerMinuteMax: MAKER_ORDERS_PER_MINUTE_MAX,
    priceDeviationBpsMax: 0,
    fatFingerMultipleMax: 0,
  };
  const scope = { account: accountOf(MAKER), symbol: '', baseAsset: '', quoteAsset: '' };
  await clients.riskAdmin.call('setLimits', { ...scope, limits }, { idempotent: true });
  return true;
}

function endowments(): readonly Endowment[] {
  return [...TRADERS, MAKER]
    .map(accountOf)
    .flatMap((account) => [
      { account, asset: QUOTE_ASSET, amount: CASH },
      ...SAMPLE_INSTRUMENTS.map(({ symbol, endowment }) => ({ account, asset: symbol, amount: endowment })),
    ]);
}

/** @returns whether the deposit is new; it is asked for with the same key until it has ended */
async function deposit(clients: StackClients, { account, asset, amount }: Endowment): Promise<boolean> {
  const requestId = `devstack-${asset}`;
  const { transfer, duplicate } = await clients.clearing.call(
    'deposit',
    { account, requestId, asset, amount, bankReference: 'sample data' },
    { idempotent: true },
  );
  if (transfer?.status === clearing.TransferStatus.TRANSFER_STATUS_COMPLETED) return !duplicate;
  if (transfer?.status !== clearing.TransferStatus.TRANSFER_STATUS_REFUSED) throw new StillPending();
  throw new StartupError(
    `The deposit of ${asset} to ${account} was refused: ${transfer.reasons.map(({ code }) => code).join(', ')}.`,
  );
}

class StillPending extends Error {
  constructor() {
    super('it is still under way');
  }
}

/** Repeats a step while the services are busy or restarting; a refusal ends it. */
async function patiently<Result>(
  what: string,
  signal: AbortSignal,
  step: () => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + STEP_TIMEOUT_MS;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof StillPending) && !isTransient(error)) throw refusedBy(what, error);
      if (performance.now() > deadline) throw refusedBy(what, error);
    }
    await sleep(RETRY_INTERVAL_MS);
  }
}

function isTransient(error: unknown): boolean {
  return error instanceof RpcError && error.retryable;
}

function refusedBy(what: string, error: unknown): Error {
  if (!(error instanceof RpcError) && !(error instanceof StillPending))
    return error instanceof Error ? error : new Error(String(error));
  const code = error instanceof RpcError ? `${error.status} ${error.reason}: ` : '';
  return new StartupError(`Sample data: ${what} failed: ${code}${error.message}`);
}
