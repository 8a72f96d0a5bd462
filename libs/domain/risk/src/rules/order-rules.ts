import type { Reason } from '@clearway/kernel';
import { blacklistRule } from './blacklist.rule';
import { fatFingerRule } from './fat-finger.rule';
import { frozenAccountRule } from './frozen-account.rule';
import { knownAccountRule } from './known-account.rule';
import { orderNotionalRule } from './order-notional.rule';
import { orderRateRule } from './order-rate.rule';
import type { OrderRule, OrderUnderCheck } from './order-rule';
import { orderSizeRule } from './order-size.rule';
import { positionLimitRule } from './position-limit.rule';
import { priceDeviationRule } from './price-deviation.rule';
import { sufficientFundsRule } from './sufficient-funds.rule';
import { sufficientPositionRule } from './sufficient-position.rule';

/** Every pre-trade rule, in the order of precedence of the catalogue of reasons. All of them run on each order. */
export const ORDER_RULES: readonly OrderRule[] = [
  knownAccountRule,
  blacklistRule,
  frozenAccountRule,
  sufficientFundsRule,
  sufficientPositionRule,
  positionLimitRule,
  orderRateRule,
  priceDeviationRule,
  orderSizeRule,
  orderNotionalRule,
  fatFingerRule,
];

/** Runs the rules and returns all reasons against the order in order of precedence; none means that it passes. */
export function reasonsAgainst(
  checked: OrderUnderCheck,
  rules: readonly OrderRule[] = ORDER_RULES,
): Reason[] {
  return rules.flatMap((rule) => rule.check(checked) ?? []);
}
