import type { DicomFile } from './dicom-file.js';

/**
 * Attributes that can identify a person, an institution or a moment (DICOM PS3.15 E.1.1, those that ultrasound files carry).
 * Their values are never copied anywhere by this library; only their presence is reported.
 */
const IDENTIFYING: Readonly<Record<string, string>> = {
  x00080012: 'Instance Creation Date',
  x00080018: 'SOP Instance UID',
  x00080020: 'Study Date',
  x00080021: 'Series Date',
  x00080022: 'Acquisition Date',
  x00080023: 'Content Date',
  x00080030: 'Study Time',
  x00080050: 'Accession Number',
  x00080080: 'Institution Name',
  x00080081: 'Institution Address',
  x00080090: "Referring Physician's Name",
  x00081010: 'Station Name',
  x00081030: 'Study Description',
  x00081040: 'Institutional Department Name',
  x00081048: 'Physician(s) of Record',
  x00081050: "Performing Physician's Name",
  x00081060: 'Name of Physician(s) Reading Study',
  x00081070: "Operators' Name",
  x00100010: "Patient's Name",
  x00100020: 'Patient ID',
  x00100030: "Patient's Birth Date",
  x00100032: "Patient's Birth Time",
  x00100040: "Patient's Sex",
  x00101000: 'Other Patient IDs',
  x00101001: 'Other Patient Names',
  x00101010: "Patient's Age",
  x00101020: "Patient's Size",
  x00101030: "Patient's Weight",
  x00101040: "Patient's Address",
  x00102154: "Patient's Telephone Numbers",
  x00102160: 'Ethnic Group',
  x001021b0: 'Additional Patient History',
  x00104000: 'Patient Comments',
  x00181000: 'Device Serial Number',
  x0020000d: 'Study Instance UID',
  x0020000e: 'Series Instance UID',
  x00200010: 'Study ID',
  x00204000: 'Image Comments',
  x00321060: 'Requested Procedure Description',
  x00400244: 'Performed Procedure Step Start Date',
  x00400254: 'Performed Procedure Step Description',
};

/** Names of the identifying attributes that hold something, and how many private elements there are. Never a value. */
export function identifyingTagsOf(file: DicomFile): { readonly named: string[]; readonly privateElements: number } {
  const named = Object.entries(IDENTIFYING)
    .filter(([tag]) => (file.data.elements[tag]?.length ?? 0) > 0)
    .map(([, name]) => name);
  const privateElements = Object.keys(file.data.elements).filter(
    (tag) => Number.parseInt(tag.slice(1, 5), 16) % 2 === 1,
  ).length;
  return { named, privateElements };
}
