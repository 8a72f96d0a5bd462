export * from './generated/clearway/marketdata/v1/market_data';
export * from './generated/clearway/marketdata/v1/market_data_service';
