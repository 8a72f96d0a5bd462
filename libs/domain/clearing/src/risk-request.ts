interface Funds {
  readonly account: string;
  readonly asset: string;
  readonly amountMinor: bigint;
}

/** A step that clearing's own sagas ask of risk; the names are those of RiskStepService. */
export type RiskRequest =
  | ({ readonly kind: 'CreditFunds' } & Funds)
  | ({ readonly kind: 'HoldFunds' } & Funds)
  | ({ readonly kind: 'ReleaseFunds' } & Funds)
  | ({ readonly kind: 'DebitHeldFunds' } & Funds)
  | {
      readonly kind: 'SetAccountFrozen';
      readonly account: string;
      readonly frozen: boolean;
      readonly version: number;
    };
