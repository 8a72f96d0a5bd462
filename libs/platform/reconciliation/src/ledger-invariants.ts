import { type InvariantResult, invariant } from '@clearway/kernel';
import { type AssetSheet, balanceSheet } from './balance-sheet';
import { type Needed, needing } from './needing';
import type { SystemState } from './system-state';

/** What clearing's ledger alone must fulfil, and what keeps cash and securities from appearing or vanishing. */
export function ledgerInvariants(state: SystemState): InvariantResult[] {
  const needed = needing({ clearing: state.clearing });
  return [
    needed('debits-equal-credits', ({ clearing }) => offBalance(sheets(clearing))),
    invariant('cash-conserved', conservation(state, 'cash')),
    invariant('securities-conserved', conservation(state, 'securities')),
    needed('house-nets-to-zero', ({ clearing }) => openAtHouse(sheets(clearing))),
  ];
}

type Clearing = Needed<Pick<SystemState, 'clearing'>>['clearing'];

function sheets({ accounts }: Clearing): AssetSheet[] {
  const found = balanceSheet(accounts);
  return found.length > 0 ? found : [EMPTY_LEDGER];
}

/** Stands for a ledger without accounts: it must not pass for one that adds up. */
const EMPTY_LEDGER: AssetSheet = {
  asset: '',
  creditMinor: { CUSTOMER: 0n, CCP: 0n, FEES: 0n, NOSTRO: 0n, UNKNOWN: 0n },
  debitsMinor: 0n,
  creditsMinor: 0n,
};
const EMPTY_TEXT = 'the ledger has no accounts';

function offBalance(assets: readonly AssetSheet[]): string[] {
  return assets.flatMap((sheet) => {
    if (sheet === EMPTY_LEDGER) return [EMPTY_TEXT];
    const { asset, debitsMinor, creditsMinor } = sheet;
    return debitsMinor === creditsMinor ? [] : [`${asset}: debits ${debitsMinor}, credits ${creditsMinor}`];
  });
}

function openAtHouse(assets: readonly AssetSheet[]): string[] {
  return assets.flatMap((sheet) => {
    if (sheet === EMPTY_LEDGER) return [EMPTY_TEXT];
    const { CCP } = sheet.creditMinor;
    return CCP === 0n ? [] : [`${sheet.asset}: the house is open by ${CCP}`];
  });
}

/** Customers, fees and the house's open trades are what lies outside, once by clearing's books and once by risk's. */
function conservation(state: SystemState, kind: 'cash' | 'securities'): string[] {
  const needed = needing({ trading: state.trading, risk: state.risk, clearing: state.clearing });
  const { detail } = needed('conserved', ({ trading, risk, clearing }) => {
    const found = sheets(clearing);
    if (found[0] === EMPTY_LEDGER) return [EMPTY_TEXT];
    const isCash = ({ asset }: AssetSheet): boolean => trading.cashAssets.has(asset);
    const assets = found.filter((sheet) => isCash(sheet) === (kind === 'cash'));
    if (kind === 'cash' && assets.length === 0)
      return ['the ledger has no asset that an instrument is paid with'];
    return assets.flatMap((sheet) => notConserved(sheet, riskTotal(risk, sheet.asset)));
  });
  return detail === '' ? [] : [detail];
}

function riskTotal(risk: Needed<Pick<SystemState, 'risk'>>['risk'], asset: string): bigint {
  return risk.funds.reduce((sum, funds) => (funds.asset === asset ? sum + funds.totalMinor : sum), 0n);
}

function notConserved({ asset, creditMinor }: AssetSheet, riskMinor: bigint): string[] {
  const { CUSTOMER, CCP, FEES, NOSTRO, UNKNOWN } = creditMinor;
  const outside = -NOSTRO;
  const found: string[] = [];
  if (UNKNOWN !== 0n) found.push(`${asset}: ${UNKNOWN} in accounts of unknown purpose`);
  if (CUSTOMER + FEES + CCP !== outside) {
    found.push(`${asset}: customers ${CUSTOMER} + fees ${FEES} + house ${CCP} is not nostro ${outside}`);
  }
  if (riskMinor + FEES + CCP !== outside) {
    found.push(`${asset}: risk's ${riskMinor} + fees ${FEES} + house ${CCP} is not nostro ${outside}`);
  }
  return found;
}
