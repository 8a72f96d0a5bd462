import { resolve } from 'node:path';

/** From `apps/deploy-check/src` (or `dist`) to the checkout. */
export const CHECKOUT_DIR = resolve(__dirname, '..', '..', '..');
/** The services that own a journal, in the order of their ports. */
export const SERVICES = ['trading', 'risk', 'clearing', 'audit'] as const;
/** Name of one of them. */
export type ServiceName = (typeof SERVICES)[number];
/** Ports that the services listen on for calls. */
export const PORT_OF: Readonly<Record<ServiceName, number>> = {
  trading: 7001,
  risk: 7002,
  clearing: 7003,
  audit: 7004,
};
/** The overlays of deploy/kubernetes. */
export const OVERLAYS = ['dev', 'production'] as const;
/** Name of one overlay. */
export type OverlayName = (typeof OVERLAYS)[number];
