/**
 * The one door to @peculiar/x509: it needs the reflection polyfill to be loaded before it, and an import elsewhere could
 * come too early. Its cryptography is the platform's own `globalThis.crypto`.
 */
import 'reflect-metadata';

export * from '@peculiar/x509';
