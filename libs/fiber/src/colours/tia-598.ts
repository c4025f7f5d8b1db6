/** Colours of fibres and tubes by TIA-598-C: the twelve in order, which name a fibre within its tube and a tube within its cable. */

export type Colour = { readonly name: string /** `#rrggbb`. */; readonly hex: string };

export type ColourCatalogue = { readonly name: string; readonly colours: readonly Colour[] };

export const tia598: ColourCatalogue = {
  name: 'TIA-598-C',
  colours: [
    { name: 'Blue', hex: '#1f77b4' },
    { name: 'Orange', hex: '#ff7f0e' },
    { name: 'Green', hex: '#2ca02c' },
    { name: 'Brown', hex: '#8c564b' },
    { name: 'Slate', hex: '#7f7f7f' },
    { name: 'White', hex: '#ffffff' },
    { name: 'Red', hex: '#d62728' },
    { name: 'Black', hex: '#000000' },
    { name: 'Yellow', hex: '#bcbd22' },
    { name: 'Violet', hex: '#9467bd' },
    { name: 'Pink', hex: '#e377c2' },
    { name: 'Aqua', hex: '#17becf' },
  ],
};
