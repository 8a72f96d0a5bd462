import { runService } from '@clearway/platform-service';
import { loadTradingSettings } from './config';
import { wireTrading } from './wiring';

void runService(wireTrading(loadTradingSettings()));
