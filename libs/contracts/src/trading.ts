export * from './generated/clearway/trading/v1/events';
export * from './generated/clearway/trading/v1/order';
export * from './generated/clearway/trading/v1/trading_service';
export * from './wire/ordinary-order';
