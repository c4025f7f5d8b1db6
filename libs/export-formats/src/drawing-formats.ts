/** Formats of drawings. Their code is loaded when the first file of one is written or read. */
import type { Certificate as Certified, DocumentContent } from '@plenum/drawing';
import type { Certificate, DocumentWriter, ExportFile } from '@plenum/runtime';
import { wholeFile } from './whole-file.ts';

type Content<Kind extends DocumentContent['kind']> = Extract<DocumentContent, { readonly kind: Kind }>;

type Adapter<Kind extends DocumentContent['kind']> = {
  readonly write: (content: Content<Kind>) => Uint8Array | Promise<Uint8Array>;
  /** `written` is the digest of what the writer gave. */
  readonly certify: (bytes: Uint8Array, content: Content<Kind>, written: string) => Certified | Promise<Certified>;
};

const drawingFormat = <Kind extends DocumentContent['kind']>(
  declared: Pick<DocumentWriter, 'format' | 'mediaType'> & { readonly takes: Kind },
  load: () => Promise<Adapter<Kind>>,
): DocumentWriter => ({
  ...declared,
  async *write(content) {
    if (isOf(declared.takes, content)) yield await (await load()).write(content);
  },
  certify: async (file, expected) => {
    if (!isOf(declared.takes, expected)) return { problems: ['is of other content'], conformance: {} };
    const { certify } = await load();
    return shown(await certify(await wholeFile(file), expected, file.digest), file);
  },
});

const isOf = <Kind extends DocumentContent['kind']>(kind: Kind, content: DocumentContent): content is Content<Kind> =>
  content.kind === kind;

/** A file that could not be read has no more to show than its digest. */
const shown = ({ problems, conformance }: Certified, { digest }: ExportFile): Certificate => ({
  problems,
  conformance: conformance ?? { sha256: digest },
});

export const dxfFormat = drawingFormat(
  { format: 'dxf', mediaType: 'image/vnd.dxf', takes: 'drawing' },
  async (): Promise<Adapter<'drawing'>> => {
    const { certifyDxf, writeDxf } = await import('@plenum/dxf');
    return {
      write: ({ drawing }) => writeDxf(drawing),
      certify: (bytes, { drawing }, written) => certifyDxf(bytes, drawing, written),
    };
  },
);

export const svgFormat = drawingFormat(
  { format: 'svg', mediaType: 'image/svg+xml', takes: 'drawing' },
  async (): Promise<Adapter<'drawing'>> => {
    const { certifySvg, writeSvg } = await import('@plenum/svg');
    return {
      write: ({ drawing, view }) => writeSvg(drawing, view),
      certify: (bytes, { drawing, view }, written) => certifySvg(bytes, drawing, { ...view, written }),
    };
  },
);

export const pdfFormat = drawingFormat(
  { format: 'pdf', mediaType: 'application/pdf', takes: 'sheet' },
  async (): Promise<Adapter<'sheet'>> => {
    const { certifyPdf, writePdf } = await import('@plenum/pdf');
    const optionsOf = ({ timeUs }: Content<'sheet'>) => ({ at: new Date(timeUs / 1000) });
    return {
      write: (content) => writePdf(content.sheet, optionsOf(content)),
      certify: (bytes, content, written) => certifyPdf(bytes, content.sheet, { ...optionsOf(content), written }),
    };
  },
);
