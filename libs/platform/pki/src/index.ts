export {
  type CertificateAndKey,
  createAuthority,
  issueCertificate,
  type LeafRequest,
} from './certificate-authority';
export * from './development-pki';
export * from './peer-identity';
export * from './spiffe-id';
