export { z } from 'zod';
export * from './load-config';
export * from './node-version';
export * from './service-settings';
export * from './settings';
