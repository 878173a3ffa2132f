"""What is said about known mistakes in Batch Normalization: title, hint, what to reread."""

from ...diagnosis.catalogue import catalogue

NORMALISATION = "the lecture on normalisation (min-max, standardisation)"
TRAINING = "the lecture on Batch Normalization; Ioffe & Szegedy 2015, Algorithm 1"
MOVING = (
    "the lecture on Batch Normalization at test time; keras.layers.BatchNormalization, momentum"
)
TEST = "the lecture on Batch Normalization at test time; Ioffe & Szegedy 2015, Algorithm 2"
BACK = "Ioffe & Szegedy 2015, section 3 (the chain rule through the statistics)"
CONV = "Ioffe & Szegedy 2015, section 3.2 (convolutional networks)"
COPIES = "the notebook: its checks hand in arrays that are locked against changes"

CATALOGUE = catalogue(
    {
        ("min_max",): {
            "minmax_whole_matrix": (
                "Minimum and maximum of the whole matrix, not of each feature",
                "Each feature has a range of its own. Along which axis must the minimum run so "
                "that one number per feature is left?",
                NORMALISATION,
            ),
            "minmax_per_example": (
                "Minimum and maximum of each example, not of each feature",
                "A row is one example: its numbers are different quantities. Whose smallest and"
                " largest value should a feature be compared with?",
                NORMALISATION,
            ),
            "minmax_no_guard": (
                "A constant feature is divided by zero",
                "Where a feature is the same in every example its range is 0. What should it "
                "become, and what may it be divided by instead?",
                NORMALISATION,
            ),
            "minmax_in_place": (
                "The caller's array is scaled in place",
                "Operators such as -= write into the array that the caller still holds. Make a "
                "new array with each step.",
                COPIES,
            ),
            "minmax_to_minus_one": (
                "Features are scaled to [-1, 1], not to [0, 1]",
                "Put the smallest and the largest value into your formula by hand: which "
                "numbers come out, and which are asked for?",
                NORMALISATION,
            ),
        },
        ("standardize",): {
            "standardize_whole_matrix": (
                "One mean and standard deviation for all features",
                "After it, is the mean of every single column 0? Statistics belong to a "
                "feature, and run over the examples.",
                NORMALISATION,
            ),
            "standardize_unbiased": (
                "The variance is divided by N - 1",
                "The reference describes the data it has, and divides by their number. N - 1 is"
                " for estimating a larger population.",
                NORMALISATION,
            ),
            "standardize_by_variance": (
                "Divided by the variance, not by the standard deviation",
                "Think of units: a length divided by its variance has unit 1 / length. What has"
                " the unit of the feature itself?",
                NORMALISATION,
            ),
            "standardize_no_guard": (
                "A constant feature is divided by zero",
                "A constant feature has spread 0, and 0 / 0 is nan. What should it become, and "
                "how will you recognise it?",
                NORMALISATION,
            ),
            "standardize_guards_std": (
                "Constant is taken to mean a std of exactly 0",
                "The computed spread of a column of 0.1 is about 1e-17, not 0, since 0.1 has no"
                " exact binary form. Which property of a constant column is exact?",
                NORMALISATION,
            ),
            "standardize_one_pass": (
                "E[x^2] - E[x]^2 loses all digits on a large offset",
                "Where the mean is large, two nearly equal large numbers are subtracted and the"
                " digits that matter are gone. Subtract the mean first, then square.",
                NORMALISATION,
            ),
        },
        (
            "batchnorm_train",
            "batchnorm_backward",
        ): {
            "train_whole_batch": (
                "One mean and variance for the whole batch, not per channel",
                "How many means has a batch of D features? Look at the shape of your mean: it "
                "should match gamma's.",
                TRAINING,
            ),
            "train_unbiased": (
                "The batch variance is divided by N - 1",
                "The batch variance of Algorithm 1 divides by the number of examples m. Which "
                "divisor does the function that you use take?",
                TRAINING,
            ),
            "train_no_epsilon": (
                "Epsilon is left out in training",
                "What happens to a feature that is constant in this batch? Algorithm 1 has a "
                "term against that, in training as at inference.",
                TRAINING,
            ),
            "train_divides_by_variance": (
                "Divided by the variance, not its root",
                "The output should have variance near 1 before gamma. Multiply x by 10: what "
                "happens to your output, and what should?",
                TRAINING,
            ),
        },
        (
            "batchnorm_train",
            "batchnorm_backward",
            "batchnorm_conv",
        ): {
            "train_brackets": (
                "x - mean / std: brackets missing in training",
                "Division binds more strongly than subtraction. What is divided by the standard "
                "deviation in your line?",
                TRAINING,
            ),
            "train_per_example": (
                "Statistics over each example's features (layer normalisation)",
                "Normalising each example over its features is another layer (layer "
                "normalisation). Which axis holds the batch that gave Batch Normalization its "
                "name?",
                TRAINING,
            ),
        },
        (
            "batchnorm_train",
            "batchnorm_inference",
            "batchnorm_backward",
        ): {
            "epsilon_outside_root": (
                "Epsilon is added outside the root",
                "Where does epsilon stand in Algorithm 1: is it added to a variance or to a "
                "standard deviation? Try a variance as small as epsilon.",
                TRAINING,
            ),
        },
        (
            "batchnorm_train",
            "batchnorm_conv",
        ): {
            "train_nothing_normalised": (
                "gamma * x + beta: nothing is normalised",
                "gamma and beta act on the normalised input. Where do the statistics of the "
                "batch enter your output?",
                TRAINING,
            ),
        },
        ("batchnorm_train",): {
            "train_adds_gamma": (
                "gamma and beta are exchanged",
                "One of the two scales, the other shifts. Set gamma to 1 and beta to 0 in "
                "thought: what should be left?",
                TRAINING,
            ),
            "moving_in_place": (
                "The moving statistics are updated in place",
                "The new moving statistics are returned; those that were handed in belong to "
                "the caller. Do not write into them.",
                COPIES,
            ),
        },
        (
            "batchnorm_train",
            "batchnorm_inference",
            "batchnorm_conv",
        ): {
            "no_gamma_beta": (
                "gamma and beta are left out",
                "With gamma = 1 and beta = 0 it makes no difference, so check with other "
                "values. What do the two give back to the layer?",
                TRAINING,
            ),
        },
        ("batchnorm_moving",): {
            "moving_momentum_swapped": (
                "Momentum weighs the new value, not the old one",
                "With momentum 0.99 the statistic should move slowly. How far does yours move "
                "in one step?",
                MOVING,
            ),
            "moving_momentum_fixed": (
                "The momentum is fixed at 0.9",
                "How fast the statistics move is the caller's choice. Which argument says so?",
                MOVING,
            ),
            "moving_replaced": (
                "The moving statistics are replaced by those of the batch",
                "After many batches the statistics should remember all of them a little. What is "
                "left of the old ones in your line?",
                MOVING,
            ),
            "moving_std": (
                "The moving statistic keeps the std, not the variance",
                "The name says which statistic is kept. At inference a root is taken of it: "
                "what does that do to yours?",
                MOVING,
            ),
            "moving_unbiased": (
                "The moving variance is divided by N - 1",
                "The paper's Algorithm 2 and PyTorch correct the variance by N / (N - 1) before "
                "they keep it. Do the Keras layer and the text of the task?",
                MOVING,
            ),
            "moving_parenthesis": (
                "m * old + (1 - m * new): a misplaced bracket",
                "A moving average of equal values is that value. Put mean = moving mean into "
                "your line: does it stay?",
                MOVING,
            ),
            "moving_never_updated": (
                "The moving statistics never change",
                "What are the statistics after a hundred batches, if each call returns those it"
                " was given? Training has to leave a trace in them.",
                MOVING,
            ),
            "moving_keepdims": (
                "The moving statistics come back as (1, C)",
                "The statistics of C channels are C numbers. Where does an axis of length 1 "
                "come from, and what will it do in the next call?",
                MOVING,
            ),
        },
        (
            "batchnorm_inference",
            "batchnorm_backward",
            "batchnorm_conv",
        ): {
            "inference_batch_statistics": (
                "Inference uses the statistics of the batch",
                "At inference an example's output may not depend on its neighbours, and there "
                "may be only one example. Which statistics are there then?",
                TEST,
            ),
        },
        (
            "batchnorm_inference",
            "batchnorm_conv",
        ): {
            "inference_no_gamma_beta": (
                "gamma and beta are left out at inference",
                "What the layer has learnt is needed at inference most of all. Does your second"
                " branch end like the first?",
                TEST,
            ),
        },
        ("batchnorm_inference",): {
            "inference_no_epsilon": (
                "Epsilon is left out at inference",
                "Training and inference differ in where the statistics come from, and in nothing "
                "else. Compare the two lines term by term.",
                TEST,
            ),
            "inference_divides_by_variance": (
                "Divided by the variance, not its root, at inference",
                "The moving statistic is a variance. What has the unit of x: it, or its root?",
                TEST,
            ),
            "inference_adds_gamma": (
                "gamma and beta are exchanged at inference",
                "One of the two scales, the other shifts. Set gamma to 1 and beta to 0 in thought: "
                "what should be left?",
                TEST,
            ),
            "inference_epsilon_outside": (
                "Epsilon is added outside the root at inference",
                "Training and inference differ in where the statistics come from, and in "
                "nothing else. Compare the two lines term by term.",
                TEST,
            ),
            "inference_brackets": (
                "x - mean / std: brackets missing at inference",
                "Division binds more strongly than subtraction. What is divided by the standard"
                " deviation in your line?",
                TEST,
            ),
            "inference_updates_moving": (
                "Inference updates the moving statistics",
                "If inference changed the statistics, the order of test examples would change "
                "results. What should come back?",
                TEST,
            ),
        },
        ("batchnorm_backward",): {
            "backward_constant_statistics": (
                "Mean and variance are taken as constants",
                "The mean and the variance depend on x too. Along how many paths does one x "
                "reach the output of another example?",
                BACK,
            ),
            "backward_no_gamma": (
                "gamma is left out of dx",
                "y = gamma * x_hat + beta: what stands between dy and the gradient at x_hat? It"
                " hides while gamma is 1.",
                BACK,
            ),
            "backward_no_variance_path": (
                "The path through the variance is missing",
                "x enters x_hat in the numerator and, through the variance, in the denominator."
                " The second path has a gradient too.",
                BACK,
            ),
            "backward_no_mean_path": (
                "The path through the mean is missing",
                "If all examples rise by the same amount, y does not change. What must the sum "
                "of dx over the batch be, then?",
                BACK,
            ),
            "backward_variance_factor": (
                "The variance path lacks its factor 2",
                "The variance is a mean of squares. What does the derivative of a square bring "
                "with it?",
                BACK,
            ),
            "backward_mean_twice": (
                "The mean's path is divided by N twice",
                "Each example contributes 1 / N of the mean. Count how often you divide by N on"
                " that path.",
                BACK,
            ),
            "backward_no_epsilon": (
                "The backward pass leaves epsilon out",
                "The backward pass is the derivative of exactly what the forward pass computed."
                " Which standard deviation did that divide by?",
                BACK,
            ),
            "backward_epsilon_sign": (
                "variance - epsilon in the backward pass",
                "The same sum of variance and epsilon appears in forward and backward pass. "
                "Compare the signs.",
                BACK,
            ),
            "backward_divides_by_features": (
                "Divided by the features, not by the examples",
                "The statistics were means over the batch. Over how many numbers did each of "
                "them run, and which axis of the shape is that?",
                BACK,
            ),
            "backward_dgamma_raw": (
                "dgamma uses x where x_hat belongs",
                "gamma multiplies something in the forward pass, and that something is its "
                "derivative. Is it x itself?",
                BACK,
            ),
            "backward_dbeta_mean": (
                "dbeta is the mean of dy, not its sum",
                "beta is added to every example, so every example's gradient reaches it. Do "
                "contributions add up or average out?",
                BACK,
            ),
            "backward_keepdims": (
                "dgamma and dbeta come back as (1, C)",
                "A gradient has the shape of what it belongs to. What shape has gamma?",
                BACK,
            ),
            "backward_inference_as_training": (
                "After inference dx still corrects for statistics",
                "At inference the statistics were given, not computed from x. Which of the "
                "paths back to x are then left?",
                TEST,
            ),
            "backward_in_place": (
                "dy is modified in place",
                "dy belongs to the layer above, which may need it again. Make a new array for "
                "the product.",
                COPIES,
            ),
        },
        ("batchnorm_conv",): {
            "conv_first_axis": (
                "Statistics over the first axis only: one mean per pixel",
                "A channel is the same feature at every position. Over which axes of (N, H, W, "
                "C) do its statistics run?",
                CONV,
            ),
            "conv_per_image": (
                "Statistics of each image on its own (instance normalisation)",
                "Statistics of each image alone are those of instance normalisation. What is "
                "shared by all images of a batch?",
                CONV,
            ),
            "conv_backward_divides_by_batch": (
                "Divided by N where N H W belongs",
                "Each mean of the forward pass ran over images and positions. Over how many "
                "numbers in all?",
                CONV,
            ),
        },
    }
)
