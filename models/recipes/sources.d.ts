export declare const resnet: {
    readonly encoder: 'resnet18';
};
export declare const withSgd: {
    readonly optimizer: 'sgd';
};
export declare const bn: {
    readonly batchNorm: true;
};
export declare const soloLearn = "solo-learn, scripts/pretrain/cifar";
/** What all of solo-learn's runs on CIFAR have in common. */
export declare const solo: {
    readonly encoder: 'resnet18';
    readonly stemPadding: 2;
    readonly warmup: 10;
    readonly warmupStart: 0.00003;
    readonly epochs: 1000;
    readonly batch: 256;
};
/** Those of its runs that use its LARS. */
export declare const soloLars: {
    readonly encoder: 'resnet18';
    readonly stemPadding: 2;
    readonly warmup: 10;
    readonly warmupStart: 0.00003;
    readonly epochs: 1000;
    readonly batch: 256;
    readonly optimizer: 'lars';
    readonly lars: {
        readonly eta: 0.02;
        readonly clip: true;
        readonly denominator: 'sum-of-norms';
    };
};
/** In short runs of some hundred steps a target network follows quickly. */
export declare const following: {
    readonly targetMomentum: 0.95;
};
/** The head of short runs. */
export declare const narrow: (features: number) => {
    readonly batchNorm: true;
    readonly hidden: number;
    readonly lastBatchNorm: true;
    readonly out: number;
};
/** The same for methods that want projections as wide as the features. */
export declare const wide: (features: number) => {
    readonly projector: {
        readonly batchNorm: true;
        readonly hidden: number;
        readonly lastBatchNorm: true;
        readonly out: number;
    };
};
