import type { LedgerAccount, LedgerPurpose } from './system-state';

/** Sums of one asset's ledger accounts by purpose, credits less debits, in minor units. */
export interface AssetSheet {
  readonly asset: string;
  readonly creditMinor: Readonly<Record<LedgerPurpose, bigint>>;
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
}

/** Adds up a ledger per asset, in the order of the assets' names. */
export function balanceSheet(accounts: readonly LedgerAccount[]): AssetSheet[] {
  const assets = [...new Set(accounts.map(({ asset }) => asset))].sort();
  return assets.map((asset) =>
    sheetOf(
      asset,
      accounts.filter((account) => account.asset === asset),
    ),
  );
}

function sheetOf(asset: string, accounts: readonly LedgerAccount[]): AssetSheet {
  const creditMinor = { CUSTOMER: 0n, CCP: 0n, FEES: 0n, NOSTRO: 0n, UNKNOWN: 0n };
  let debitsMinor = 0n;
  let creditsMinor = 0n;
  for (const account of accounts) {
    creditMinor[account.purpose] += account.creditsMinor - account.debitsMinor;
    debitsMinor += account.debitsMinor;
    creditsMinor += account.creditsMinor;
  }
  return { asset, creditMinor, debitsMinor, creditsMinor };
}
