/**
 * The wire's types, one namespace a proto package: `trading.PlaceOrderRequest`, `risk.RiskStepServiceService`. Names repeat
 * across packages (each participant has its own ExecuteStepsRequest), so nothing is exported flat.
 */
export * as audit from './audit';
export * as clearing from './clearing';
export * as common from './common';
export { descriptorSetBase64 } from './generated/descriptor-set';
export * as journal from './journal';
export * as marketdata from './marketdata';
export * as risk from './risk';
export * as saga from './saga';
export * as trading from './trading';
