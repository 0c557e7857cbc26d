/**
 * THE table of what formats lose without being wrong: each is a warning, told once a run. What would be lost silently
 * otherwise is either here or refused.
 */
export const LOSSES = {
  'xml-comment': 'comments of XML are dropped',
  'xml-instruction': 'processing instructions of XML are dropped',
  'xml-mixed': 'how text and elements alternate in XML is not kept: text is numbered $1, $2, … apart from the elements',
  'xml-text-last': 'an element with text and children is written as XML with its children first, then its text',
  'xml-two-texts': 'where $ and #text of an element differ, XML has the text of $',
  'xml-null-attribute': 'an attribute that is null is left out of XML',
  'yaml-tag': 'tags of YAML are dropped; the value below is kept',
  'csv-null': 'null is an empty field of CSV',
  'csv-nested': 'a list or an object in a field of CSV is written as JSON',
  bytes: 'bytes are written as base64 text',
  'key-order': 'canonical JSON sorts keys',
  'wide-number': 'numbers are written in full that other readers may round to 53 bits',
} as const;

export type Loss = keyof typeof LOSSES;

/** Told at each loss; whoever is told counts. */
export type NoteLoss = (loss: Loss) => void;
