import { runMigrations } from '@clearway/platform-service';
import { tradingMigrations } from './migrations/trading-migrations';

void runMigrations('trading', tradingMigrations, process.env);
