export { certifyPdf } from './certify-pdf.ts';
export { type PdfFound, readPdf } from './read-pdf.ts';
export { heldText } from './text.ts';
export { type PdfOptions, writePdf } from './write-pdf.ts';
