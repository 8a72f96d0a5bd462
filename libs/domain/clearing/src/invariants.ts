import { type InvariantResult, invariant } from '@clearway/kernel';
import type { ClearingState } from './clearing-state';

/** Evaluates every named invariant of clearing on a state. They hold after each single event, not only at rest. */
export function clearingInvariants(state: ClearingState): readonly InvariantResult[] {
  return [
    debitsEqualCredits(state),
    noCustomerOverdrawn(state),
    houseCcpNetsToZero(state),
    cashAndSecuritiesConserved(state),
  ];
}

function debitsEqualCredits({ ledger }: ClearingState): InvariantResult {
  const offByMinor = new Map<string, bigint>();
  for (const { asset, debitsMinor, creditsMinor } of ledger.accounts())
    offByMinor.set(asset, (offByMinor.get(asset) ?? 0n) + debitsMinor - creditsMinor);
  return invariant('debits-equal-credits', nonZero(offByMinor, 'debits less credits'));
}

function noCustomerOverdrawn({ ledger }: ClearingState): InvariantResult {
  const overdrawn: string[] = [];
  for (const { owner, asset, purpose, debitsMinor, creditsMinor } of ledger.accounts())
    if (purpose === 'CUSTOMER' && debitsMinor > creditsMinor)
      overdrawn.push(`${owner} ${asset} ${creditsMinor - debitsMinor}`);
  return invariant('no-customer-overdrawn', overdrawn.sort());
}

/**
 * The CCP holds exactly what the trades with one standing leg leave it, and no trade has two legs that disagree. Where accounts
 * are spread over shards, what ended trades left here is left with the other sign elsewhere: reconciliation adds them up.
 */
function houseCcpNetsToZero({ ledger, openTrades }: ClearingState): InvariantResult {
  const offByMinor = new Map<string, bigint>();
  const violations: string[] = [];
  for (const { asset, purpose, debitsMinor, creditsMinor } of ledger.accounts())
    if (purpose === 'CCP') offByMinor.set(asset, creditsMinor - debitsMinor);
  for (const [asset, minor] of openTrades.settledElsewhereMinor)
    offByMinor.set(asset, (offByMinor.get(asset) ?? 0n) - minor);
  for (const [origin, number, trade] of openTrades.entries()) {
    for (const [asset, minor] of trade.ccpMinor) offByMinor.set(asset, (offByMinor.get(asset) ?? 0n) - minor);
    if (Math.abs(trade.netBuyLegs) !== 1)
      violations.push(
        `trade ${origin}#${number}: ${trade.netBuyLegs} more buy than sell legs, which do not cancel out`,
      );
  }
  return invariant('house-ccp-nets-to-zero', [...nonZero(offByMinor, 'unexplained'), ...violations]);
}

/** What customers own, fees earned and open settlements hold equals what lies outside, and that is what transfers brought in. */
function cashAndSecuritiesConserved({ ledger, transfers }: ClearingState): InvariantResult {
  const insideMinor = new Map<string, bigint>();
  const outsideMinor = new Map<string, bigint>();
  for (const account of ledger.accounts()) {
    const creditMinor = account.creditsMinor - account.debitsMinor;
    if (account.purpose === 'NOSTRO') outsideMinor.set(account.asset, -creditMinor);
    else insideMinor.set(account.asset, (insideMinor.get(account.asset) ?? 0n) + creditMinor);
  }
  return invariant('cash-and-securities-conserved', [
    ...nonZero(difference(insideMinor, outsideMinor), 'inside less outside'),
    ...nonZero(difference(outsideMinor, transfers.broughtInMinor), 'outside less brought in'),
  ]);
}

function difference(
  left: ReadonlyMap<string, bigint>,
  right: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, bigint> {
  const assets = new Set([...left.keys(), ...right.keys()]);
  return new Map([...assets].map((asset) => [asset, (left.get(asset) ?? 0n) - (right.get(asset) ?? 0n)]));
}

function nonZero(byAsset: ReadonlyMap<string, bigint>, label: string): string[] {
  return [...byAsset]
    .filter(([, minor]) => minor !== 0n)
    .map(([asset, minor]) => `${asset} ${label} ${minor}`)
    .sort();
}
