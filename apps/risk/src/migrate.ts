import { runMigrations } from '@clearway/platform-service';
import { readModelMigrations } from './migrations/read-models';

void runMigrations('risk', readModelMigrations, process.env);
