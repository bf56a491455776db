export type Row = { [field: string]: unknown };
