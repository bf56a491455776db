import type { StreamDeclaration } from '../declaration.ts';

export const billing: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'report_billing',
    path: '/report/billing',
    records: 'billing_reports',
    envelope: ['currency'],
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:billing:admin'], classic: ['report:read:admin'] },
    needs: ['Department Billing'],
    pageSize: 0,
    primaryKey: ['id'],
  },
  {
    kind: 'snapshot',
    name: 'report_billing_invoices',
    path: '/report/billing/invoices',
    records: 'invoices',
    envelope: ['currency'],
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:billing_invoice:admin'], classic: ['report:read:admin'] },
    needs: ['Department Billing'],
    pageSize: 0,
    parent: { name: 'report_billing', parameters: { billing_id: 'id' }, adds: { billing_id: 'id' } },
    answers: [{ code: 5010, action: 'skip' }],
    primaryKey: ['billing_id', 'record_hash'],
    // An invoice has several lines; what they cost may be corrected.
    recordHash: [['invoice_number', 'invoice_charge_name', 'start_date', 'end_date']],
  },
];
