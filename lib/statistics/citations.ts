/** References of the methods in this room, ready to be pasted into a paper. */
export const CITATIONS = {
  echoapex:
    'Amadou AA, Zhang Y, Piat S, Klein P, Schmuecking I, Passerini T, Sharma P. EchoApex: A General-Purpose Vision Foundation Model for Echocardiography. arXiv:2410.11092, 2024.',
  'benjamini-1995':
    'Benjamini Y, Hochberg Y. Controlling the false discovery rate: a practical and powerful approach to multiple testing. J R Stat Soc B 57:289-300, 1995.',
  'bland-1999':
    'Bland JM, Altman DG. Measuring agreement in method comparison studies. Stat Methods Med Res 8:135-160, 1999.',
  'brodersen-2010':
    'Brodersen KH, Ong CS, Stephan KE, Buhmann JM. The balanced accuracy and its posterior distribution. Proc ICPR, 3121-3124, 2010.',
  'cliff-1993':
    'Cliff N. Dominance statistics: ordinal analyses to answer ordinal questions. Psychol Bull 114:494-509, 1993.',
  'cohen-1960': 'Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas 20:37-46, 1960.',
  'cohen-1968':
    'Cohen J. Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial credit. Psychol Bull 70:213-220, 1968.',
  'cohen-1988': 'Cohen J. Statistical Power Analysis for the Behavioral Sciences. 2nd ed. Erlbaum, 1988.',
  'connor-1987':
    'Connor RJ. Sample size for testing differences in proportions for the paired-sample design. Biometrics 43:207-211, 1987.',
  'davison-1997': 'Davison AC, Hinkley DV. Bootstrap Methods and their Application. Cambridge University Press, 1997.',
  'delong-1988':
    'DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more correlated receiver operating characteristic curves: a nonparametric approach. Biometrics 44:837-845, 1988.',
  'dice-1945': 'Dice LR. Measures of the amount of ecologic association between species. Ecology 26:297-302, 1945.',
  'dixon-1946': 'Dixon WJ, Mood AM. The statistical sign test. J Am Stat Assoc 41:557-566, 1946.',
  'efron-1987': 'Efron B. Better bootstrap confidence intervals. J Am Stat Assoc 82:171-185, 1987.',
  'field-2007': 'Field CA, Welsh AH. Bootstrapping clustered data. J R Stat Soc B 69:369-390, 2007.',
  'good-2005': 'Good P. Permutation, Parametric and Bootstrap Tests of Hypotheses. 3rd ed. Springer, 2005.',
  'guo-2017':
    'Guo C, Pleiss G, Sun Y, Weinberger KQ. On calibration of modern neural networks. Proc ICML, 1321-1330, 2017.',
  'hanley-1983':
    'Hanley JA, McNeil BJ. A method of comparing the areas under receiver operating characteristic curves derived from the same cases. Radiology 148:839-843, 1983.',
  'hedges-1981':
    "Hedges LV. Distribution theory for Glass's estimator of effect size and related estimators. J Educ Stat 6:107-128, 1981.",
  'holm-1979': 'Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 6:65-70, 1979.',
  'lin-1989':
    'Lin LI. A concordance correlation coefficient to evaluate reproducibility. Biometrics 45:255-268, 1989 (correction 56:324-325, 2000).',
  'mann-1947':
    'Mann HB, Whitney DR. On a test of whether one of two random variables is stochastically larger than the other. Ann Math Stat 18:50-60, 1947.',
  'mcgraw-1996':
    'McGraw KO, Wong SP. Forming inferences about some intraclass correlation coefficients. Psychol Methods 1:30-46, 1996.',
  'mcnemar-1947':
    'McNemar Q. Note on the sampling error of the difference between correlated proportions or percentages. Psychometrika 12:153-157, 1947.',
  'ouyang-2020':
    'Ouyang D, He B, Ghorbani A, et al. Video-based AI for beat-to-beat assessment of cardiac function. Nature 580:252-256, 2020.',
  'phipson-2010':
    'Phipson B, Smyth GK. Permutation p-values should never be zero: calculating exact p-values when permutations are randomly drawn. Stat Appl Genet Mol Biol 9:39, 2010.',
  'student-1908': 'Student. The probable error of a mean. Biometrika 6:1-25, 1908.',
  'taha-2015':
    'Taha AA, Hanbury A. Metrics for evaluating 3D medical image segmentation: analysis, selection, and tool. BMC Med Imaging 15:29, 2015.',
  'welch-1947':
    "Welch BL. The generalization of 'Student's' problem when several different population variances are involved. Biometrika 34:28-35, 1947.",
  'wilcoxon-1945': 'Wilcoxon F. Individual comparisons by ranking methods. Biometrics Bull 1:80-83, 1945.',
  'wilson-1927':
    'Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc 22:209-212, 1927.',
  'winkler-2015':
    'Winkler AM, Webster MA, Vidaurre D, Nichols TE, Smith SM. Multi-level block permutation. NeuroImage 123:253-268, 2015.',
} as const;

/** A reference of {@link CITATIONS}. */
export type CitationKey = keyof typeof CITATIONS;

/** The full reference behind a result's `citation`. */
export function citationOf(key: CitationKey): string {
  return CITATIONS[key];
}
