import { runService } from '@clearway/platform-service';
import { loadClearingSettings } from './config';
import { wireClearing } from './wiring';

void runService(wireClearing(loadClearingSettings()));
