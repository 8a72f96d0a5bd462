export { ACCOUNT_ID_LENGTH_MAX, HOUSE, isAccountId, participantOf } from './account';
export { type AssetCatalogue, parseAssetCatalogue } from './assets';
export {
  AMOUNT_MINOR_MAX,
  type DecimalFailure,
  type DecimalResult,
  formatDecimal,
  parseDecimal,
} from './decimal';
export { type InvariantResult, invariant } from './invariant';
export type { Machine, Turn } from './machine';
export { NumberedMap } from './numbered-map';
export {
  finished,
  type Plain,
  PlainFields,
  PlainList,
  type PlainListItem,
  PlainPage,
  type PlainParts,
  releaseParts,
  type WrittenPage,
  wholePlain,
} from './plain';
export {
  inPrecedence,
  isReasonCode,
  REASONS,
  type Reason,
  type ReasonCode,
  type ReasonEntry,
  type RetryClass,
  reason,
  type StatusName,
} from './reason';
