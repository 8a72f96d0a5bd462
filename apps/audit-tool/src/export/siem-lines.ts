import type { audit } from '@clearway/contracts';

/** Line formats that collectors of security events read. */
export const SIEM_FORMATS = ['json', 'cef', 'syslog'] as const;
/** One of SIEM_FORMATS. */
export type SiemFormat = (typeof SIEM_FORMATS)[number];

/** One entry as one line without its line break; sensitive fields are masked already. */
export function siemLine(format: SiemFormat, entry: audit.AuditEntry): string {
  switch (format) {
    case 'json':
      return jsonLine(entry);
    case 'cef':
      return cefLine(entry);
    case 'syslog':
      return syslogLine(entry);
  }
}

function jsonLine({ leafHash, detailJson, ...entry }: audit.AuditEntry): string {
  const detail: unknown = JSON.parse(detailJson === '' ? '{}' : detailJson);
  return JSON.stringify({
    time: isoTime(entry.atMicros),
    ...entry,
    leafHash: leafHash.toString('hex'),
    detail,
  });
}

/** What the line formats of fixed keys tell, in one order. Empty ones are left out. */
function fieldsOf(entry: audit.AuditEntry): [key: string, value: string][] {
  const fields: [string, string][] = [
    ['leafIndex', `${entry.leafIndex}`],
    ['leafHash', entry.leafHash.toString('hex')],
    ['shard', entry.shard],
    ['eventNumber', `${entry.eventNumber}`],
    ['resource', entry.resource],
    ['accounts', entry.accounts.join(' ')],
    ['orders', entry.orders.join(' ')],
    ['participants', entry.participants.join(' ')],
    ['traceId', entry.traceId],
    ['method', entry.method],
    ['device', entry.device],
  ];
  return fields.filter(([, value]) => value !== '');
}

/** Common Event Format, version 0. Refusals are of severity 6, all else of 2, unless anomaly detection gave a score. */
function cefLine(entry: audit.AuditEntry): string {
  const head = ['CEF:0', 'Clearway', 'audit', '1', entry.action, `${entry.action} ${entry.resource}`.trim()];
  const extension: [string, string][] = [
    ['rt', `${Math.floor(entry.atMicros / 1_000)}`],
    ['suser', entry.actor],
    ['src', hostOf(entry.address)],
    ['spt', portOf(entry.address)],
    ['outcome', entry.result],
    ['externalId', `${entry.shard}#${entry.eventNumber}`],
    ...fieldsOf(entry).map(([key, value]): [string, string] => [
      `clearway${key[0]?.toUpperCase()}${key.slice(1)}`,
      value,
    ]),
    ['msg', entry.detailJson],
  ];
  const severity = entry.riskScore > 0 ? Math.ceil(entry.riskScore / 10) : entry.result === 'REFUSED' ? 6 : 2;
  const fields = extension
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${cefValue(value)}`);
  return [...head.map(cefHeader), `${severity}`, fields.join(' ')].join('|');
}

const FACILITY_AUDIT = 13;
const SEVERITY_WARNING = 4;
const SEVERITY_NOTICE = 5;
/** The enterprise number that RFC 5612 keeps for documentation; an operator replaces it by its own. */
const STRUCTURED_DATA_ID = 'clearway@32473';

/** RFC 5424, facility 13 (log audit). */
function syslogLine(entry: audit.AuditEntry): string {
  const severity = entry.result === 'REFUSED' ? SEVERITY_WARNING : SEVERITY_NOTICE;
  const head = [
    `<${FACILITY_AUDIT * 8 + severity}>1`,
    isoTime(entry.atMicros),
    '-',
    'clearway-audit',
    '-',
    syslogName(entry.action),
  ];
  const data: [string, string][] = [
    ['actor', entry.actor],
    ['address', entry.address],
    ['result', entry.result],
    ...fieldsOf(entry),
  ];
  const structured = data
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}="${value.replace(/["\\\]]/g, '\\$&').replace(CONTROL, ' ')}"`);
  const message = entry.detailJson.replace(CONTROL, ' ');
  return `${head.join(' ')} [${STRUCTURED_DATA_ID} ${structured.join(' ')}] ${message}`;
}

/** What must not reach a line-based log. */
const CONTROL = /[\p{Cc}\u2028\u2029]/gu;
const SYSLOG_NAME_CHARS_MAX = 32;

function cefHeader(text: string): string {
  return text.replace(/[\\|]/g, '\\$&').replace(CONTROL, ' ');
}

function cefValue(text: string): string {
  return text.replace(/[\\=]/g, '\\$&').replace(/\r?\n/g, '\\n').replace(CONTROL, ' ');
}

function syslogName(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '_').slice(0, SYSLOG_NAME_CHARS_MAX) || '-';
}

function isoTime(micros: number): string {
  const seconds = new Date(Math.floor(micros / 1_000_000) * 1_000).toISOString().slice(0, 19);
  return `${seconds}.${`${micros % 1_000_000}`.padStart(6, '0')}Z`;
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, '');
}

function portOf(address: string): string {
  return /:(\d+)$/.exec(address)?.[1] ?? '';
}
