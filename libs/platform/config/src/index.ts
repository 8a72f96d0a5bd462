export { z } from 'zod';
export * from './load-config';
export * from './service-settings';
export * from './settings';
