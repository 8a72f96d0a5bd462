import { runService } from '@clearway/platform-service';
import { config } from './config';
import { clearingService } from './wiring';

void runService(clearingService(config));
